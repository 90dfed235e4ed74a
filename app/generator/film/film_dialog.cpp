#include "app/generator/film/film_dialog.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include "app/availability.h"
#include "widgets/dialog_buttons.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kLargestSide = 2048;
constexpr int kUsualSide = 256;
constexpr double kMostPixels = 256e6;  // as writeAnimation() takes them

void setReason(QComboBox& box, int index, const QString& reason) {
  auto* items = qobject_cast<QStandardItemModel*>(box.model());
  items->item(index)->setEnabled(reason.isEmpty());
  items->item(index)->setToolTip(reason);
}

QDoubleSpinBox* amount(const QString& name) {
  auto* box = new QDoubleSpinBox;
  box->setRange(-1000.0, 1000.0);
  box->setDecimals(2);
  box->setSingleStep(0.5);
  box->setAccessibleName(name);
  return box;
}

}  // namespace

FilmDialog::FilmDialog(const FilmChoices& choices, QSettings& store, QWidget* parent)
    : QDialog(parent),
      choices_(choices),
      store_(store),
      form_(new QFormLayout),
      what_(new QComboBox),
      direction_(new QComboBox),
      format_(new QComboBox),
      size_(new QComboBox),
      from_(amount(tr("From"))),
      to_(amount(tr("To"))),
      seconds_(new QDoubleSpinBox),
      rate_(new QDoubleSpinBox),
      range_(new QWidget),
      returns_(new QCheckBox(tr("Forth and &back"))),
      forever_(new QCheckBox(tr("Begin &again at the end"))),
      summary_(new QLabel) {
  setWindowTitle(tr("Export a film"));
  what_->setAccessibleName(tr("What to film"));
  what_->addItem(tr("Along a direction"), int(FilmPlan::What::Sweep));
  what_->addItem(tr("The walk"), int(FilmPlan::What::Walk));
  what_->addItem(tr("Before and after the changes"), int(FilmPlan::What::BeforeAfter));
  const QString reasons[3] = {choices_.directions.empty()
                                  ? tr("There is no direction: find one in Directions, or move one's slider")
                                  : QString(),
                              choices_.walk.empty() ? tr("There is no walk: make one in Directions") : QString(),
                              choices_.scene.edited() ? QString() : tr("Nothing was changed on stage")};
  int first = -1;
  for (int i = 0; i < 3; ++i) {
    setReason(*what_, i, reasons[i]);
    if (first < 0 && reasons[i].isEmpty()) first = i;
  }
  what_->setCurrentIndex(first);
  direction_->setAccessibleName(tr("Direction"));
  for (const LatentDirection& direction : choices_.directions)
    direction_->addItem(direction.name.empty() ? tr("unnamed") : QString::fromStdString(direction.name));
  auto* across = new QHBoxLayout(range_);
  across->setContentsMargins(0, 0, 0, 0);
  across->addWidget(from_);
  across->addWidget(new QLabel(tr("to")));
  across->addWidget(to_);
  across->addStretch(1);
  format_->setAccessibleName(tr("Format"));
  const auto add = [this](const QString& name, FilmPlan::Format format) {
    format_->addItem(name, int(format));
    if (format == FilmPlan::Format::Strip || format == FilmPlan::Format::Frames) return;
    setReason(*format_, format_->count() - 1, choices_.reasons.value(suffixOf(format)));
  };
  add(tr("GIF"), FilmPlan::Format::Gif);
  add(tr("MP4"), FilmPlan::Format::Mp4);
  add(tr("WebM"), FilmPlan::Format::WebM);
  add(tr("PNG frames in a folder"), FilmPlan::Format::Frames);
  add(tr("A strip of pictures (PNG)"), FilmPlan::Format::Strip);
  const int kept = format_->findData(store_.value("film/format", 0));
  for (int i = 0; i < format_->count(); ++i)
    if (qobject_cast<QStandardItemModel*>(format_->model())->item(i)->isEnabled() &&
        (format_->currentIndex() < 0 ||
         !qobject_cast<QStandardItemModel*>(format_->model())->item(format_->currentIndex())->isEnabled() || i == kept))
      format_->setCurrentIndex(i);
  size_->setAccessibleName(tr("Size of the pictures"));
  const int longest = std::max({1, choices_.width, choices_.height});
  for (int scale = 1; scale == 1 || scale * longest <= kLargestSide; scale *= 2) {
    size_->addItem(tr("%1 \u00d7 %2").arg(choices_.width * scale).arg(choices_.height * scale), scale);
    if (scale * longest <= kUsualSide) size_->setCurrentIndex(size_->count() - 1);
  }
  if (const int index = size_->findData(store_.value("film/scale", -1)); index >= 0) size_->setCurrentIndex(index);
  seconds_->setRange(0.2, 120.0);
  seconds_->setDecimals(1);
  seconds_->setSuffix(tr(" s"));
  seconds_->setValue(std::clamp(store_.value("film/seconds", 3.0).toDouble(), 0.2, 120.0));
  seconds_->setAccessibleName(tr("Length"));
  rate_->setRange(1.0, 60.0);
  rate_->setDecimals(0);
  rate_->setValue(std::clamp(store_.value("film/rate", 25.0).toDouble(), 1.0, 60.0));
  rate_->setAccessibleName(tr("Frames a second"));
  returns_->setChecked(true);
  returns_->setToolTip(tr("The film ends where it began, so that it can run for ever"));
  forever_->setChecked(true);
  forever_->setToolTip(tr("GIFs only; players decide for the others"));

  form_->addRow(tr("&Film"), what_);
  form_->addRow(tr("&Direction"), direction_);
  form_->addRow(tr("&Range"), range_);
  form_->addRow(tr("F&ormat"), format_);
  form_->addRow(tr("&Size"), size_);
  form_->addRow(tr("&Length"), seconds_);
  form_->addRow(tr("Frames a se&cond"), rate_);
  form_->addRow(QString(), returns_);
  form_->addRow(QString(), forever_);
  auto* column = new QVBoxLayout(this);
  column->addLayout(form_);
  summary_->setWordWrap(true);
  column->addWidget(summary_);
  auto* buttons = makeDialogButtons(QDialogButtonBox::Cancel);
  export_ = buttons->addButton(tr("&Export\u2026"), QDialogButtonBox::AcceptRole);
  export_->setDefault(true);
  column->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, [this] {
    const FilmPlan chosen = plan();
    store_.setValue("film/format", int(chosen.format));
    store_.setValue("film/scale", chosen.scale);
    store_.setValue("film/seconds", seconds_->value());
    store_.setValue("film/rate", chosen.framesPerSecond);
    accept();
    Q_EMIT exportWanted(chosen);
  });
  for (QComboBox* box : {what_, format_, size_})
    connect(box, &QComboBox::currentIndexChanged, this, &FilmDialog::refresh);
  connect(direction_, &QComboBox::currentIndexChanged, this, &FilmDialog::showRange);
  for (QDoubleSpinBox* box : {seconds_, rate_}) connect(box, &QDoubleSpinBox::valueChanged, this, &FilmDialog::refresh);
  showRange();
  refresh();
  what_->setFocus();
}

FilmPlan::What FilmDialog::chosenWhat() const {
  return FilmPlan::What(what_->currentData().toInt());
}

FilmPlan::Format FilmDialog::chosenFormat() const {
  return FilmPlan::Format(format_->currentData().toInt());
}

void FilmDialog::showRange() {
  const int index = direction_->currentIndex();
  if (index < 0) return;
  from_->setValue(choices_.directions[std::size_t(index)].from);
  to_->setValue(choices_.directions[std::size_t(index)].to);
}

FilmPlan FilmDialog::plan() const {
  FilmPlan plan;
  plan.what = chosenWhat();
  plan.scene = choices_.scene;
  if (plan.what == FilmPlan::What::Sweep && direction_->currentIndex() >= 0)
    plan.direction = choices_.directions[std::size_t(direction_->currentIndex())];
  if (plan.what == FilmPlan::What::Walk) plan.walk = choices_.walk;
  plan.from = from_->value();
  plan.to = to_->value();
  plan.framesPerSecond = rate_->value();
  plan.frames = std::max(2, int(std::lround(seconds_->value() * rate_->value())));
  plan.returns = returns_->isChecked();
  plan.format = chosenFormat();
  plan.scale = std::max(1, size_->currentData().toInt());
  plan.forever = forever_->isChecked();
  return plan;
}

void FilmDialog::refresh() {
  const FilmPlan chosen = plan();
  const bool sweep = chosen.what == FilmPlan::What::Sweep, strip = chosen.format == FilmPlan::Format::Strip;
  form_->setRowVisible(direction_, sweep);
  form_->setRowVisible(range_, sweep);
  form_->setRowVisible(seconds_, !strip);
  form_->setRowVisible(rate_, !strip && chosen.format != FilmPlan::Format::Frames);
  form_->setRowVisible(returns_, !strip && chosen.what != FilmPlan::What::Walk);
  form_->setRowVisible(forever_, chosen.format == FilmPlan::Format::Gif);
  const int frames = strip                                 ? 8
                     : chosen.what == FilmPlan::What::Walk ? std::min(chosen.frames, int(choices_.walk.size()))
                                                           : chosen.frames;
  const double pixels = double(frames) * choices_.width * choices_.height * chosen.scale * chosen.scale;
  QString reason;
  if (what_->currentIndex() < 0) reason = tr("Nothing can be filmed: change the sample, find a direction or walk");
  if (pixels > kMostPixels) reason = tr("Too many pixels: make it smaller or shorter");
  setAvailable(*export_, reason);
  summary_->setText(!reason.isEmpty()                                               ? reason
                    : strip && !sweep && chosen.what == FilmPlan::What::BeforeAfter ? tr("Two pictures side by side")
                    : strip ? tr("%1 pictures side by side").arg(frames)
                            : tr("%1 pictures of %2").arg(frames).arg(size_->currentText()));
}

}  // namespace unitscope
