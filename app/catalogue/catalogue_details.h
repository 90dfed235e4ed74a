#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QTextBrowser;

namespace unitscope {

class DownloadQueue;

/// Everything about one network of the catalogue: sizes, accuracy, paper, terms, preprocessing, and how its download
/// goes.
class CatalogueDetails : public QWidget {
  Q_OBJECT
 public:
  explicit CatalogueDetails(DownloadQueue& queue, QWidget* parent = nullptr);

  /// -1: nothing is selected.
  void setRow(int row);
  int row() const { return row_; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void refresh();

  DownloadQueue& queue_;
  int row_ = -1;
  QLabel *title_, *problem_, *progressText_;
  QTextBrowser* facts_;
  QProgressBar* progress_;
};

}  // namespace unitscope
