#pragma once

#include <QDialog>

#include "app/catalogue/download_queue.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace unitscope {

class CatalogueDetails;
class CatalogueFilter;
class CatalogueModel;
class Messages;

/// The well-known networks that can be downloaded: search, read about them, fetch, open, remove. Closing it leaves the
/// downloads running; what becomes of them is also told in the window's messages.
class CatalogueDialog : public QDialog {
  Q_OBJECT
 public:
  /// `folder` is where networks are kept.
  CatalogueDialog(Catalogue catalogue, const QString& folder, Messages& messages, QWidget* parent = nullptr);

  DownloadQueue& queue() { return queue_; }
  /// Selects the network, clearing the search. False where there is none of this id.
  bool select(const QString& id);

 Q_SIGNALS:
  /// The user wants to look into this network.
  void openWanted(const QString& path);

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  int selectedRow() const;  ///< of the catalogue; -1 for none
  QWidget* makeTable();
  QWidget* makeButtons();
  void filter(const QString& text);
  void updateButtons();
  void open();
  void askToRemove();
  void remove(int row);
  void downloaded(int row);
  void downloadFailed(int row, const QString& reason);
  const CatalogueEntry& entry(int row) const;

  Messages& messages_;
  DownloadQueue queue_;
  CatalogueModel* model_;
  CatalogueFilter* matches_;
  QLineEdit* search_;
  QTableView* table_;
  QStackedWidget* pages_;
  QSplitter* halves_;
  CatalogueDetails* details_;
  QPushButton *download_, *cancel_, *open_, *remove_;
};

}  // namespace unitscope
