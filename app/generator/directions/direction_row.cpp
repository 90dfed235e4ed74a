#include "app/generator/directions/direction_row.h"

#include <algorithm>
#include <cmath>

#include <QDialog>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/directions/direction_facts.h"
#include "app/generator/directions/direction_slider.h"
#include "app/generator/directions/direction_strip.h"
#include "runtime/error.h"
#include "widgets/elided_label.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kSteps = 400;  // of the slider

QToolButton* flatButton(const QString& icon, const QString& name, const QString& help) {
  auto* button = new QToolButton;
  button->setIcon(themedIcon(icon));
  button->setAutoRaise(true);
  button->setAccessibleName(name);
  button->setToolTip(help);
  return button;
}

}  // namespace

DirectionRow::DirectionRow(DirectionList& list, QWidget* parent)
    : QWidget(parent),
      list_(list),
      name_(new QLineEdit),
      facts_(new ElidedLabel),
      keep_(flatButton(QStringLiteral("check"), tr("Keep"), tr("Was found, and goes when others are found: keep it"))),
      strips_(flatButton(QStringLiteral("images"), tr("Small pictures"), tr("The sample along the direction"))),
      more_(flatButton(QStringLiteral("menu"), tr("More"), tr("Duplicate, range, order, remove"))),
      menu_(new QMenu(this)),
      slider_(new DirectionSlider),
      amount_(new QDoubleSpinBox),
      layers_(new QLineEdit),
      strip_(new DirectionStrip) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  column->setSpacing(2);
  auto* upper = new QHBoxLayout;
  upper->setSpacing(6);
  name_->setFrame(false);
  name_->setAccessibleName(tr("Name of the direction"));
  name_->setMaxLength(80);
  name_->setStyleSheet(QStringLiteral("QLineEdit { background: transparent; }"));
  facts_->setMuted(true);
  upper->addWidget(name_, 3);
  upper->addWidget(facts_, 4);
  upper->addWidget(keep_);
  upper->addWidget(strips_);
  upper->addWidget(more_);
  column->addLayout(upper);
  auto* lower = new QHBoxLayout;
  lower->setSpacing(8);
  slider_->setRange(0, kSteps);
  slider_->setSingleStep(kSteps / 100);
  slider_->setPageStep(kSteps / 12);
  slider_->setToolTip(tr("How far along the direction; a double click goes back to 0"));
  amount_->setDecimals(2);
  amount_->setKeyboardTracking(false);
  amount_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  amount_->setAlignment(Qt::AlignRight);
  amount_->setFixedWidth(fontMetrics().horizontalAdvance(QStringLiteral("-00.000")) + 12);
  amount_->setToolTip(tr("In lengths of the direction's vector"));
  layers_->setFixedWidth(fontMetrics().horizontalAdvance(QStringLiteral("layers 0-00")) + 8);
  layers_->setAccessibleName(tr("Layers that move"));
  layers_->setToolTip(tr("Which layers the direction is applied to: \u201c0-3,5\u201d, or \u201call\u201d"));
  lower->addWidget(slider_, 1);
  lower->addWidget(amount_);
  lower->addWidget(layers_);
  column->addLayout(lower);
  column->addWidget(strip_);
  strips_->setCheckable(true);
  strip_->hide();
  makeMenu();

  connect(name_, &QLineEdit::editingFinished, this, [this] {
    if (index_ < 0 || index_ >= list_.count()) return;
    if (name_->text() != QString::fromStdString(list_.at(index_).name)) list_.rename(index_, name_->text());
    name_->setText(QString::fromStdString(list_.at(index_).name));
  });
  connect(slider_, &DirectionSlider::zeroWanted, this, [this] { list_.setAmount(index_, 0.0); });
  connect(slider_, &QSlider::sliderPressed, this, [this] { ++gesture_; });
  connect(slider_, &QSlider::valueChanged, this, [this](int step) {
    list_.setAmount(index_, amountAt(step), QStringLiteral("direction %1 %2").arg(index_).arg(gesture_));
  });
  connect(amount_, &QDoubleSpinBox::valueChanged, this, [this](double amount) { list_.setAmount(index_, amount); });
  connect(layers_, &QLineEdit::editingFinished, this, &DirectionRow::takeLayers);
  connect(keep_, &QToolButton::clicked, this, [this] { list_.keep(index_); });
  connect(strips_, &QToolButton::toggled, this, [this](bool open) {
    strip_->setVisible(open);
    Q_EMIT stripToggled(open);
  });
  connect(strip_, &DirectionStrip::picked, this, [this](double amount) { list_.setAmount(index_, amount); });
}

void DirectionRow::makeMenu() {
  more_->setMenu(menu_);
  more_->setPopupMode(QToolButton::InstantPopup);
  const auto add = [this](const char* icon, const QString& text, auto act) {
    QAction* action = menu_->addAction(themedIcon(QString::fromLatin1(icon)), text);
    connect(action, &QAction::triggered, this, act);
    return action;
  };
  add("reset", tr("Back to 0"), [this] { list_.setAmount(index_, 0.0); });
  add("copy", tr("Duplicate"), [this] { list_.duplicate(index_); });
  add("chart", tr("Range\u2026"), [this] { askForRange(); });
  menu_->addSeparator();
  QAction* up = add("back", tr("Up"), [this] { list_.move(index_, -1); });
  QAction* down = add("forward", tr("Down"), [this] { list_.move(index_, 1); });
  up->setIcon({});
  down->setIcon({});
  QMenu* spaces = menu_->addMenu(tr("Is a direction of"));
  for (const char* space : {"z", "w", "w+"}) {
    QAction* action = spaces->addAction(QString::fromLatin1(space));
    action->setCheckable(true);
    connect(action, &QAction::triggered, this, [this, space] { list_.setSpace(index_, QString::fromLatin1(space)); });
  }
  menu_->addSeparator();
  add("trash", tr("Remove"), [this] { list_.remove(index_); });
  connect(menu_, &QMenu::aboutToShow, this, [this, up, down, spaces] {
    up->setEnabled(index_ > 0);
    down->setEnabled(index_ + 1 < list_.count());
    for (QAction* action : spaces->actions())
      action->setChecked(action->text().toStdString() == list_.at(index_).space);
  });
}

double DirectionRow::amountAt(int step) const {
  const auto [from, to] = rangeOf(list_.at(index_));
  const double amount = from + (to - from) * step / kSteps;
  // The middle of a symmetric range is exactly 0.
  return std::abs(amount) < (to - from) / (2.0 * kSteps) ? 0.0 : amount;
}

void DirectionRow::show(int index, bool hasStyles) {
  index_ = index;
  const ListedDirection& entry = list_.entries()[std::size_t(index)];
  const LatentDirection& direction = entry.direction;
  const QString name = QString::fromStdString(direction.name);
  if (!name_->hasFocus() || name_->text() != name) name_->setText(name);
  name_->setCursorPosition(0);
  QFont font = this->font();
  font.setBold(entry.kept);
  font.setItalic(!entry.kept);
  name_->setFont(font);
  name_->setToolTip(allFactsText(direction));
  const QString facts = factsText(direction);
  facts_->setText((entry.kept ? QString() : tr("found, ")) + sourceText(direction) +
                  (facts.isEmpty() ? QString() : QStringLiteral(" \u00b7 ") + facts));
  facts_->setHelp(allFactsText(direction));
  keep_->setVisible(!entry.kept);
  slider_->setAccessibleName(tr("How far along %1").arg(name));
  amount_->setAccessibleName(tr("How far along %1, as a number").arg(name));
  const auto [from, to] = rangeOf(direction);
  strip_->setRange(from, to);
  layers_->setVisible(hasStyles && direction.space != "z");
  if (!layers_->hasFocus()) layers_->setText(QString::fromStdString(layersText(direction.layers)));
  showAmount();
}

void DirectionRow::showAmount() {
  if (index_ < 0 || index_ >= list_.count()) return;
  const auto [from, to] = rangeOf(list_.at(index_));
  const double amount = list_.amount(index_);
  const QString reason = list_.whyNot(index_);
  setAvailable(*slider_, reason);
  setAvailable(*amount_, reason);
  setAvailable(*strips_, reason);
  // A slider counts steps, which say nothing to those who hear them.
  if (reason.isEmpty())
    slider_->setAccessibleDescription(tr("at %1, from %2 to %3").arg(amount, 0, 'f', 2).arg(from).arg(to));
  const QSignalBlocker quiet(slider_), quietToo(amount_);
  const auto stepOf = [from = from, to = to](double value) {
    return int(std::lround(std::clamp((value - from) / (to - from), -1.0, 2.0) * kSteps));
  };
  slider_->setZero(stepOf(0.0));
  slider_->setValue(stepOf(amount));
  constexpr double kFarther = 10.0;  // typing may go beyond the slider
  amount_->setRange(kFarther * std::min(from, -to), kFarther * std::max(to, -from));
  amount_->setSingleStep((to - from) / 60.0);
  amount_->setValue(amount);
  strip_->setAmount(amount);
}

void DirectionRow::setStripOpen(bool open) {
  strips_->setChecked(open);
}

bool DirectionRow::stripOpen() const {
  return strips_->isChecked();
}

void DirectionRow::takeLayers() {
  if (index_ < 0 || index_ >= list_.count()) return;
  const LatentDirection& direction = list_.at(index_);
  const QString now = QString::fromStdString(layersText(direction.layers));
  const QString typed = layers_->text().simplified().remove(QLatin1Char(' '));
  if (typed == now) return;
  try {
    list_.setLayers(index_, layersFrom(typed.toStdString(), tr("Layers").toStdString()));
  } catch (const Error& e) {
    Q_EMIT problem(QString::fromStdString(e.reason()));
  }
  layers_->setText(QString::fromStdString(layersText(list_.at(index_).layers)));
}

void DirectionRow::askForRange() {
  auto* dialog = new QDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Range of %1").arg(name_->text()));
  auto* form = new QFormLayout(dialog);
  const auto box = [&](const QString& name, double value) {
    auto* spin = new QDoubleSpinBox;
    spin->setRange(-1000.0, 1000.0);
    spin->setDecimals(3);
    spin->setValue(value);
    spin->setAccessibleName(name);
    form->addRow(name, spin);
    return spin;
  };
  auto* from = box(tr("From"), list_.at(index_).from);
  auto* to = box(tr("To"), list_.at(index_).to);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  form->addRow(buttons);
  const auto check = [from, to, buttons] {
    setAvailable(*buttons->button(QDialogButtonBox::Ok),
                 from->value() < to->value() ? QString() : tr("The range must begin below its end"));
  };
  connect(from, &QDoubleSpinBox::valueChanged, dialog, check);
  connect(to, &QDoubleSpinBox::valueChanged, dialog, check);
  connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
  connect(dialog, &QDialog::accepted, this, [this, from, to] { list_.setRange(index_, from->value(), to->value()); });
  dialog->open();
}

}  // namespace unitscope
