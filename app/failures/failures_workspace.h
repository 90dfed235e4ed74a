#pragma once

#include <functional>
#include <memory>

#include <QHash>

#include "app/failures/failure_pictures.h"
#include "app/failures/failures_state.h"
#include "app/workspace.h"
#include "judging/failures.h"

class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;
class QTabBar;
class QTableView;

namespace unitscope {

class ClassTableModel;
class ConfusionMatrix;
class EmptyState;
class FailuresPanel;
class GalleryGrid;

/// What does the network get wrong, and what does it get right for the wrong reason? Labelled pictures run through it:
/// what was found about each class, the confusion matrix, the surest mistakes, and walls of heatmaps, similar ones
/// side by side, in which a telltale shared by many pictures stands out.
class FailuresWorkspace : public Workspace {
  Q_OBJECT
 public:
  explicit FailuresWorkspace(const Context& context, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("failures"); }
  QString title() const override { return tr("Failures"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  QString commandLine() const override;
  bool busy() const override { return running_; }

  void start();
  void stop();
  const Failures* found() const { return found_.get(); }
  FailuresPanel* panel() const { return panel_; }
  QTabBar* views() const { return views_; }
  QTableView* table() const { return table_; }
  ConfusionMatrix* matrix() const { return matrix_; }
  GalleryGrid* gallery() const { return gallery_; }
  QLabel* caption() const { return caption_; }
  /// What the export action does once the name is known.
  bool saveTable(const QString& file);

 private:
  void makeLayout();
  void makeActions();
  void connectParts();
  void change(const QString& text, const std::function<void(FailuresState&)>& edit, const QString& mergeKey = {});
  void apply(const FailuresState& state);
  void forget();
  void show();
  void showReady();
  void showSummary();
  void showMatrix();
  void showView();
  void showWall(int classIndex);
  void showCell(int truth, int said);
  void showVerdicts(const std::vector<Verdict>& verdicts, const QString& caption);
  void pickClass(int classIndex);
  void openPicture(const QString& id);
  QString reasonNotReady() const;
  BackgroundModel backgroundModel() const;

  /// A picture in the gallery and the class that it stands there for.
  struct Shown {
    FailureThumbnail thumbnail;
    QString name;
    int classIndex = -1;
  };
  void fill(const QVector<QPair<Shown, QString>>& pictures, const QString& caption);

  FailuresState state_;
  FailuresState asked_;  ///< what `found_` answers
  std::unique_ptr<Failures> found_;
  bool running_ = false;
  QHash<QString, Shown> shown_;
  FailurePictures* pictures_;
  QList<QAction*> actions_;
  FailuresPanel* panel_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QTabBar* views_;
  QStackedWidget* upper_;
  QTableView* table_;
  ClassTableModel* classes_;
  QSortFilterProxyModel* sorted_;
  ConfusionMatrix* matrix_;
  QVector<int> matrixClasses_;
  QLabel* caption_;
  GalleryGrid* gallery_;
};

}  // namespace unitscope
