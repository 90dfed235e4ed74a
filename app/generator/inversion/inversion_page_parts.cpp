// Layout of the inversion page, and the ways in and out of it.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/data_box.h"
#include "app/file_question.h"
#include "app/generator/generator_stage.h"
#include "app/generator/inversion/compare_view.h"
#include "app/generator/inversion/domain_view.h"
#include "app/generator/inversion/inversion_options.h"
#include "app/generator/inversion/inversion_page.h"
#include "app/generator/inversion/inversion_result.h"
#include "app/generator/inversion/inversion_work.h"
#include "app/image_convert.h"
#include "app/messages.h"
#include "data/scene.h"
#include "widgets/crop_picker.h"
#include "widgets/dropped_files.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

/// Scenes that no training has seen, large enough to be worth looking at.
constexpr std::uint64_t kSceneSeries = 5;
constexpr int kSceneSide = 256;

const QString kPictures = QStringLiteral("(*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff)");

}  // namespace

void InversionPage::makeLayout() {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(8, 8, 8, 8);
  stack_ = new QStackedWidget;
  outer->addWidget(stack_);
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("image"));
  empty_->setHeadline(tr("Drop a photo"));
  empty_->setText(
      tr("The generator is asked to draw it: then every slider works on your picture. Or take one of the "
         "open pictures."));
  empty_->setAcceptsFiles(true);
  stack_->addWidget(empty_);

  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  auto* upper = new QHBoxLayout;
  upper->setSpacing(8);
  auto* left = new QVBoxLayout;
  left->setSpacing(2);
  pictureName_ = new QLabel;
  pictureName_->setTextFormat(Qt::PlainText);
  pictureName_->setMinimumWidth(60);
  left->addWidget(pictureName_);
  crop_ = new CropPicker;
  left->addWidget(crop_, 1);
  upper->addLayout(left, 1);
  options_ = new InversionOptions;
  upper->addWidget(options_);
  column->addLayout(upper);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(6);
  run_ = new QPushButton;
  put_ = new QPushButton(themedIcon(QStringLiteral("unit")), tr("Put on stage"));
  put_->setToolTip(tr("The scene becomes this code, and all sliders work on it"));
  other_ = new QToolButton;
  other_->setText(tr("Other picture"));
  other_->setIcon(themedIcon(QStringLiteral("image")));
  other_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  other_->setPopupMode(QToolButton::InstantPopup);
  other_->setToolTip(tr("Open, paste or choose another picture; one may be dropped here too"));
  menu_ = new QMenu(other_);
  other_->setMenu(menu_);
  buttons->addWidget(run_);
  buttons->addWidget(put_);
  buttons->addStretch(1);
  buttons->addWidget(other_);
  column->addLayout(buttons);
  notice_ = new QLabel;
  notice_->setWordWrap(true);
  column->addWidget(notice_);
  tabs_ = new QTabBar;
  tabs_->setDrawBase(false);
  tabs_->setExpanding(false);
  tabs_->setAccessibleName(tr("What to look at"));
  const auto tab = [this](const QString& title, const QString& help) {
    tabs_->setTabToolTip(tabs_->addTab(title), help);
  };
  tab(tr("Result"), tr("The picture, what the generator draws, and the losses"));
  tab(tr("Domain"), tr("Whether the generator can draw such a picture at all"));
  tab(tr("With and without"), tr("What the domain term is good for: whether edits still work"));
  column->addWidget(tabs_);
  views_ = new QStackedWidget;
  result_ = new InversionResult;
  domain_ = new DomainView;
  compare_ = new CompareView(stage());
  for (QWidget* view : std::initializer_list<QWidget*>{result_, domain_, compare_}) views_->addWidget(view);
  column->addWidget(views_, 1);
  stack_->addWidget(page);
}

void InversionPage::makeActions() {
  const auto open = [this] {
    askFile(false, tr("A picture to invert"), tr("Pictures %1;;All files (*)").arg(kPictures), {},
            [this](const QString& file) { openPicture(file); });
  };
  connect(empty_->addButton(tr("Open\u2026"), QStringLiteral("open")), &QPushButton::clicked, this, open);
  auto* chosen = empty_->addButton(tr("An open picture"), QStringLiteral("images"));
  auto* drawn = empty_->addButton(tr("A drawn scene"), QStringLiteral("image"));
  drawn->setToolTip(tr("A landscape that the program draws and no training has seen"));
  connect(drawn, &QPushButton::clicked, this, &InversionPage::drawScene);
  chosen->setToolTip(tr("One of the pictures on the left, or of the clipboard"));
  connect(chosen, &QPushButton::clicked, this, [this, chosen] {
    fillMenu();
    menu_->popup(chosen->mapToGlobal(QPoint(0, chosen->height())));
  });
  connect(menu_, &QMenu::aboutToShow, this, &InversionPage::fillMenu);
  connect(empty_, &EmptyState::filesDropped, this, [this](const QStringList& files) {
    if (!files.isEmpty()) openPicture(files.front());
  });
  auto* picture = new QAction(themedIcon(QStringLiteral("image")), tr("&Inverted picture\u2026"), this);
  picture->setToolTip(tr("Save what the generator draws from the code that was found"));
  connect(picture, &QAction::triggered, this, [this, picture] {
    askFile(true, picture->toolTip(), tr("Pictures (*.png)"), QStringLiteral("inverted.png"),
            [this](const QString& file) {
              if (!work_->answer()) return;
              const bool fine = toQImage(work_->answer()->picture).save(file, "PNG");
              const QString name = QFileInfo(file).fileName();
              if (fine) return context().messages.success(name, tr("saved"));
              context().messages.error(name, tr("could not be written; is the folder writable?"));
            });
  });
  actions_ << picture;
}

void InversionPage::fillMenu() {
  menu_->clear();
  connect(menu_->addAction(themedIcon(QStringLiteral("open")), tr("&Open\u2026")), &QAction::triggered, this, [this] {
    askFile(false, tr("A picture to invert"), tr("Pictures %1;;All files (*)").arg(kPictures), {},
            [this](const QString& file) { openPicture(file); });
  });
  auto* paste = menu_->addAction(themedIcon(QStringLiteral("paste")), tr("&Paste"));
  connect(paste, &QAction::triggered, this, [this] {
    if (!takeData(QApplication::clipboard()->mimeData()))
      context().messages.info(tr("Paste"), tr("there is no picture on the clipboard"));
  });
  connect(menu_->addAction(themedIcon(QStringLiteral("image")), tr("A drawn &scene")), &QAction::triggered, this,
          &InversionPage::drawScene);
  menu_->addSeparator();
  constexpr int kMost = 30;
  for (const PictureEntry& entry : context().document.pictures()) {
    if (menu_->actions().size() > kMost) break;
    auto* action = menu_->addAction(QIcon(QPixmap::fromImage(entry.thumbnail)), entry.name);
    connect(action, &QAction::triggered, this,
            [this, name = entry.name, pixels = entry.pixels, path = entry.path] { setPicture(name, pixels, path); });
  }
  if (context().document.pictures().empty()) menu_->addAction(tr("no pictures are open"))->setEnabled(false);
}

void InversionPage::drawScene() {
  const int index = scenes_++;
  runAside<ImagePtr>(
      this,
      [index]() -> ImagePtr {
        return std::make_shared<const Image>(
            renderScene(kSceneSeries, std::uint64_t(index), {.size = kSceneSide}).picture);
      },
      [this, index](const ImagePtr& picture) { setPicture(tr("Drawn scene %1").arg(index + 1), picture); });
}

bool InversionPage::takeData(const QMimeData* data) {
  QStringList files = droppedFiles(data);
  if (files.isEmpty() && data->hasText()) files = pathsInText(data->text());
  if (!files.isEmpty()) {
    openPicture(files.front());
    return true;
  }
  if (!data->hasImage()) return false;
  const QImage image = qvariant_cast<QImage>(data->imageData());
  if (image.isNull()) return false;
  runAside<ImagePtr>(
      this, [image]() -> ImagePtr { return std::make_shared<const Image>(fromQImage(image)); },
      [this](const ImagePtr& picture) { setPicture(tr("Pasted"), picture); });
  return true;
}

void InversionPage::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasImage() || !droppedFiles(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void InversionPage::dropEvent(QDropEvent* event) {
  if (takeData(event->mimeData())) event->acceptProposedAction();
}

void InversionPage::connectParts() {
  connect(crop_, &CropPicker::cropMoved, this, [this](QPointF middle, double size) {
    change(
        tr("Choose the part of the picture"),
        [&](InversionState& state) {
          state.crop = {middle.x(), middle.y(), size};
        },
        QStringLiteral("invert/crop"));
  });
  connect(options_, &InversionOptions::edited, this,
          [this](const QString& text, const QString& key, const QVariant& value) {
            QJsonObject json = state_.toJson();
            json[key] = QJsonValue::fromVariant(value);
            change(
                text, [&](InversionState& state) { state = InversionState::fromJson(json); },
                QStringLiteral("invert/") + key);
          });
  connect(options_, &InversionOptions::encoderFileWanted, this, [this] {
    askFile(false, tr("An encoder: from a picture to a code"),
            tr("Networks (*.onnx *.pt2 *.pt *.pth *.safetensors);;All files (*)"), {}, [this](const QString& file) {
              change(tr("Choose the start"), [&](InversionState& state) { state.start = file; });
            });
  });
  connect(run_, &QPushButton::clicked, this, [this] {
    if (work_->running()) {
      work_->stop();
    } else {
      run();
    }
  });
  connect(put_, &QPushButton::clicked, this, &InversionPage::putOnStage);
  connect(tabs_, &QTabBar::currentChanged, this, [this](int index) {
    look([&](InversionState& state) {
      state.view = index == 1   ? QStringLiteral("domain")
                   : index == 2 ? QStringLiteral("compare")
                                : QStringLiteral("result");
    });
  });
  connect(domain_, &DomainView::checkWanted, this, [this] { work_->check(request()); });
  connect(domain_, &DomainView::stopWanted, work_, &InversionWork::stopChecking);
  connect(domain_, &DomainView::knownPicked, this, [this](const QString& known) {
    change(tr("Choose what to compare with"), [&](InversionState& state) { state.known = known; });
  });
  connect(domain_, &DomainView::knownFolderWanted, this, [this] {
    askForPictureFolder(
        this, tr("Pictures that belong to the domain"), context().settings.store(), [this](const QString& folder) {
          change(tr("Choose what to compare with"), [&](InversionState& state) { state.known = folder; });
        });
  });
  connect(compare_, &CompareView::compareWanted, this, [this] { work_->compare(request(), compare_->edits()); });
  connect(compare_, &CompareView::stopWanted, work_, &InversionWork::stopComparing);
  connect(work_, &InversionWork::previewed, result_, &InversionResult::showPreview);
  connect(work_, &InversionWork::answered, this, [this] {
    result_->setAnswer(work_->answer());
    if (!work_->answer() && !target_.empty()) result_->setTarget(toQImage(target_));
    refresh();
  });
  connect(work_, &InversionWork::checked, this, [this] {
    domain_->setFinding(work_->finding(), work_->reference());
    refresh();
  });
  connect(work_, &InversionWork::compared, this, [this] { compare_->setComparison(work_->comparison()); });
  connect(work_, &InversionWork::busyChanged, this, [this] {
    refresh();
    Q_EMIT busyChanged();
  });
  connect(work_, &InversionWork::encoderKnown, this, [this] {
    if (stage().generator()) options_->setAbilities(stage().generator()->plan().hasStyles(), work_->hasEncoder());
    refresh();
  });
  connect(&stage(), &GeneratorStage::generatorChanged, this, &InversionPage::followGenerator);
}

void InversionPage::askFile(bool saves, const QString& title, const QString& filter, const QString& name,
                            const std::function<void(const QString&)>& done) {
  FileQuestion question{saves ? FileQuestion::Kind::Save : FileQuestion::Kind::Open, title, filter, name};
  if (!saves) question.folderKey = QStringLiteral("folders/invert");
  askForFile(this, context().settings.store(), question, done);
}

}  // namespace unitscope
