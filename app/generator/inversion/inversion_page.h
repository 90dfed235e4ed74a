#pragma once

#include <functional>

#include <QImage>

#include "app/document.h"
#include "app/generator/generator_page.h"
#include "app/generator/inversion/inversion_state.h"

class QLabel;
class QMenu;
class QMimeData;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace unitscope {

class CompareView;
class CropPicker;
class DomainView;
class EmptyState;
class InversionOptions;
class InversionResult;
class InversionWork;

/// A real picture as a code of the generator: then every slider works on it. Says honestly where the generator cannot
/// draw such a picture.
class InversionPage : public GeneratorPage {
  Q_OBJECT
 public:
  InversionPage(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("inversion"); }
  QString title() const override { return tr("Inversion"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  bool busy() const override;
  void setActive(bool active) override;

  /// Reads the file on another thread; failures are told in the messages.
  void openPicture(const QString& file);
  void setPicture(const QString& name, const ImagePtr& picture, const QString& file = {});
  /// A picture or a file with one. False when there is none.
  bool takeData(const QMimeData* data);
  /// The scene becomes the code that was found.
  void putOnStage();

  InversionWork* work() const { return work_; }
  EmptyState* empty() const { return empty_; }
  CropPicker* crop() const { return crop_; }
  InversionOptions* options() const { return options_; }
  QPushButton* runButton() const { return run_; }
  QPushButton* stageButton() const { return put_; }
  QTabBar* tabs() const { return tabs_; }
  InversionResult* result() const { return result_; }
  DomainView* domainView() const { return domain_; }
  CompareView* compareView() const { return compare_; }

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void makeLayout();
  void makeActions();
  void connectParts();
  void fillMenu();
  void followGenerator();
  void change(const QString& text, const std::function<void(InversionState&)>& edit, const QString& mergeKey = {});
  /// What is looked at is no change worth an undo step.
  void look(const std::function<void(InversionState&)>& edit);
  void apply(const InversionState& state);
  void cropTarget();
  QString known() const;
  /// With the picture.
  InversionRequest request() const;
  void run();
  void refresh();
  void drawScene();
  void askFile(bool saves, const QString& title, const QString& filter, const QString& name,
               const std::function<void(const QString&)>& done);

  InversionState state_;
  bool active_ = false, reading_ = false, cropping_ = false, cropAgain_ = false;
  int scenes_ = 0, pictures_ = 0;
  QString name_, answerOf_;
  ImagePtr picture_;
  Image target_;  ///< cut and resized for the generator
  QList<QAction*> actions_;
  InversionWork* work_;
  QStackedWidget *stack_, *views_;
  EmptyState* empty_;
  QMenu* menu_;
  QLabel* pictureName_;
  CropPicker* crop_;
  InversionOptions* options_;
  QPushButton *run_, *put_;
  QToolButton* other_;
  QLabel* notice_;
  QTabBar* tabs_;
  InversionResult* result_;
  DomainView* domain_;
  CompareView* compare_;
};

}  // namespace unitscope
