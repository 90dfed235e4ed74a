#include "app/generator/inversion/inversion_page.h"

#include <utility>

#include <QAction>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QUndoStack>

#include "app/aside.h"
#include "app/availability.h"
#include "app/generator/generator_stage.h"
#include "app/generator/inversion/compare_view.h"
#include "app/generator/inversion/domain_view.h"
#include "app/generator/inversion/inversion_options.h"
#include "app/generator/inversion/inversion_result.h"
#include "app/generator/inversion/inversion_work.h"
#include "app/generator/page_state_command.h"
#include "app/image_convert.h"
#include "app/messages.h"
#include "widgets/crop_picker.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kSeenSide = 640;  // of the picture that is shown to choose a part of

struct ReadPicture {
  ImagePtr pixels;
  QString problem;
};

QImage seen(const Image& picture) {
  const QImage all = toQImage(picture);
  return all.width() <= kSeenSide && all.height() <= kSeenSide
             ? all
             : all.scaled(kSeenSide, kSeenSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

InversionPage::InversionPage(const Context& context, GeneratorStage& stage, QWidget* parent)
    : GeneratorPage(context, stage, parent), work_(new InversionWork(context, stage, this)) {
  makeLayout();
  makeActions();
  connectParts();
  setAcceptDrops(true);
  followGenerator();
  apply(state_);
}

QString InversionPage::explanation() const {
  return tr("Finds the code from which the generator draws a picture of yours, so that it can be edited");
}

bool InversionPage::busy() const {
  return reading_ || cropping_ || work_->busy();
}

void InversionPage::setActive(bool active) {
  active_ = active;
  if (active_) work_->look();
}

void InversionPage::restoreState(const QJsonObject& state) {
  InversionState next = InversionState::fromJson(state);
  // Undo steps leave out what is looked at.
  if (!state.contains(QLatin1String("picture"))) next.picture = state_.picture;
  if (!state.contains(QLatin1String("view"))) next.view = state_.view;
  const bool opens = !next.picture.isEmpty() && next.picture != state_.picture;
  apply(next);
  if (opens) openPicture(next.picture);
}

void InversionPage::change(const QString& text, const std::function<void(InversionState&)>& edit,
                           const QString& mergeKey) {
  InversionState next = state_;
  edit(next);
  if (next == state_) return;
  QJsonObject before = state_.toJson(), after = next.toJson();
  for (QJsonObject* json : {&before, &after})
    for (const char* looks : {"picture", "view"}) json->remove(QLatin1String(looks));
  context().undo.push(new PageStateCommand(*this, text, before, after, mergeKey));
}

void InversionPage::look(const std::function<void(InversionState&)>& edit) {
  InversionState next = state_;
  edit(next);
  if (!(next == state_)) apply(next);
}

void InversionPage::apply(const InversionState& state) {
  const CropChoice before = state_.crop;
  state_ = state;
  const QSignalBlocker quiet(tabs_);
  options_->setState(state_);
  const int view = state_.view == QLatin1String("domain") ? 1 : state_.view == QLatin1String("compare") ? 2 : 0;
  tabs_->setCurrentIndex(view);
  views_->setCurrentIndex(view);
  crop_->setCrop({state_.crop.x, state_.crop.y}, state_.crop.size);
  if (before.x != state_.crop.x || before.y != state_.crop.y || before.size != state_.crop.size) cropTarget();
  refresh();
  Q_EMIT stateChanged();
}

void InversionPage::followGenerator() {
  if (stage().generator()) {
    const GeneratorPlan& plan = stage().generator()->plan();
    if (plan.imageShape.size() == 3)
      crop_->setProportions(double(plan.imageShape[2]) / double(std::max<std::int64_t>(1, plan.imageShape[1])));
    options_->setAbilities(plan.hasStyles(), work_->hasEncoder());
    cropTarget();
    if (active_) work_->look();
  }
  refresh();
}

void InversionPage::openPicture(const QString& file) {
  reading_ = true;
  Q_EMIT busyChanged();
  runAside<ReadPicture>(
      this,
      [file] {
        ReadPicture read;
        try {
          read.pixels = std::make_shared<const Image>(loadImage(file.toStdString()));
        } catch (const std::exception& error) {
          read.problem = QString::fromUtf8(error.what());
        }
        return read;
      },
      [this, file](const ReadPicture& read) {
        reading_ = false;
        const QString name = QFileInfo(file).fileName();
        if (read.pixels) {
          setPicture(name, read.pixels, file);
        } else {
          context().messages.error(name, read.problem);
        }
        Q_EMIT busyChanged();
      });
}

void InversionPage::setPicture(const QString& name, const ImagePtr& picture, const QString& file) {
  name_ = name;
  picture_ = picture;
  ++pictures_;
  work_->clear();
  reading_ = true;
  look([&](InversionState& state) {
    if (state.picture != file || file.isEmpty()) state.crop = {};
    state.picture = file;
  });
  // Large photos take longer than a frame to be made small.
  runAside<QImage>(
      this, [picture] { return seen(*picture); },
      [this, round = pictures_](const QImage& image) {
        if (round != pictures_) return;
        reading_ = false;
        crop_->setImage(image);
        crop_->setCrop({state_.crop.x, state_.crop.y}, state_.crop.size);
        Q_EMIT busyChanged();
      });
  pictureName_->setText(name_);
  cropTarget();
  refresh();
  Q_EMIT busyChanged();
}

// The newest part wins: while one is cut out, the next waits.
void InversionPage::cropTarget() {
  if (!picture_ || !stage().generator()) return;
  if (cropping_) {
    cropAgain_ = true;
    return;
  }
  cropping_ = true;
  cropAgain_ = false;
  runAside<ReadPicture>(
      this,
      [picture = picture_, generator = stage().generator(), crop = state_.crop] {
        ReadPicture made;
        try {
          made.pixels = std::make_shared<const Image>(cropFor(*picture, *generator, crop));
        } catch (const std::exception& error) {
          made.problem = QString::fromUtf8(error.what());
        }
        return made;
      },
      [this](const ReadPicture& made) {
        cropping_ = false;
        if (cropAgain_) return cropTarget();
        target_ = made.pixels ? *made.pixels : Image{};
        if (made.pixels && !work_->running()) {
          // What was found was found for another part.
          if (work_->answer() && work_->answer()->target.pixels != target_.pixels) work_->clear();
          result_->setTarget(toQImage(target_));
        }
        if (!made.problem.isEmpty()) context().messages.error(name_, made.problem);
        refresh();
        Q_EMIT busyChanged();
      });
}

// The built-in encoder was made for the generator of scenes alone: then it is known what belongs to the domain.
QString InversionPage::known() const {
  if (!state_.known.isEmpty()) return state_.known;
  return work_->hasEncoder() ? QStringLiteral("scenes") : QStringLiteral("samples");
}

InversionRequest InversionPage::request() const {
  InversionState state = state_;
  state.known = known();
  InversionRequest request = requestOf(state);
  request.question.picture = target_;
  request.question.classes = stage().scene().sample.classes;
  return request;
}

void InversionPage::run() {
  if (target_.empty() || work_->running()) return;
  result_->setTarget(toQImage(target_));
  look([](InversionState& state) { state.view = QStringLiteral("result"); });
  answerOf_ = name_;
  work_->run(request());
  result_->begin();
}

void InversionPage::putOnStage() {
  const InversionPtr& answer = work_->answer();
  if (!answer || !stage().generator()) return;
  GeneratorScene next = stage().scene().unchanged();
  next.name = answerOf_;
  next.sample.latents = answer->latents;
  next.sample.space = answer->space;
  if (!answer->classes.values.empty()) next.sample.classes = answer->classes;
  next.sample.noise = NoiseMode::Constant;
  next.sample.truncation = 1.0;
  stage().change(tr("Put %1 on stage").arg(answerOf_), next);
}

void InversionPage::refresh() {
  stack_->setCurrentIndex(picture_ ? 1 : 0);
  const bool running = work_->running();
  run_->setText(running ? tr("Stop") : tr("Run"));
  run_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("play")));
  run_->setToolTip(running ? tr("Keeps the best so far") : tr("Looks for the code of this picture"));
  const QString noTarget = !stage().generator() ? tr("Open a generator first")
                           : target_.empty()    ? tr("The picture is being cut")
                                                : QString();
  setAvailable(*run_, running ? QString() : noTarget);
  const QString noAnswer = running            ? tr("The search is still going on")
                           : !work_->answer() ? tr("Run the inversion first")
                                              : QString();
  setAvailable(*put_, noAnswer);
  domain_->setReady(noAnswer, work_->checking());
  domain_->setKnown(known());
  const bool encoder = work_->hasEncoder() || !requestOf(state_).encoder.isEmpty();
  compare_->setReady(!noTarget.isEmpty() ? noTarget
                     : running           ? tr("The search is still going on")
                     : !encoder || state_.start == QLatin1String("mean")
                         ? tr("Without an encoder there is no domain term; choose an encoder as the start")
                         : QString(),
                     work_->comparing());
  crop_->setEnabled(!running);
  options_->setEnabled(!running);
  notice_->setText(work_->failure().toHtmlEscaped());
  notice_->setVisible(!work_->failure().isEmpty());
  for (QAction* action : actions_) setAvailable(*action, noAnswer);
}

}  // namespace unitscope
