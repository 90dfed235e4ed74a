#include "widgets/parameter_form.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>
#include <QWheelEvent>

#include "widgets/icons.h"

namespace unitscope {

namespace {

// A wheel that scrolls the panel must not change a value that happens to pass under it.
class FocusedWheel : public QObject {
 public:
  using QObject::QObject;
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() != QEvent::Wheel || static_cast<QWidget*>(object)->hasFocus()) return false;
    event->ignore();
    return true;
  }
};

bool bounded(const FormField& field) {
  return field.minimum < field.maximum;
}

int decimalsFor(const FormField& field) {
  double finest = std::abs(field.fallback.toDouble());
  if (bounded(field)) {
    if (field.minimum != 0) finest = std::min(finest > 0 ? finest : 1.0, std::abs(field.minimum));
    if (finest == 0) finest = field.maximum / 100.0;
  }
  if (!(finest > 0)) return 4;
  return std::clamp(2 - int(std::floor(std::log10(finest))), 2, 10);
}

// Shows 0.15 rather than 0.1500.
class RealBox : public QDoubleSpinBox {
 public:
  QString textFromValue(double value) const override { return locale().toString(value, 'g', 6); }
};

QSpinBox* integerBox(const FormField& field) {
  auto* box = new QSpinBox;
  constexpr double kLeast = std::numeric_limits<int>::min(), kMost = std::numeric_limits<int>::max();
  box->setRange(bounded(field) ? int(std::clamp(field.minimum, kLeast, kMost)) : int(kLeast),
                bounded(field) ? int(std::clamp(field.maximum, kLeast, kMost)) : int(kMost));
  box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  // Asking again on every key would start work that the next key makes void.
  box->setKeyboardTracking(false);
  return box;
}

QDoubleSpinBox* realBox(const FormField& field) {
  auto* box = new RealBox;
  box->setDecimals(decimalsFor(field));
  constexpr double kFar = 1e12;
  box->setRange(bounded(field) ? std::max(field.minimum, -kFar) : -kFar,
                bounded(field) ? std::min(field.maximum, kFar) : kFar);
  box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  box->setKeyboardTracking(false);
  return box;
}

}  // namespace

ParameterForm::ParameterForm(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setHorizontalSpacing(8);
  grid_->setVerticalSpacing(6);
  grid_->setColumnStretch(1, 1);
}

void ParameterForm::setFields(const QVector<FormField>& fields) {
  while (QLayoutItem* item = grid_->takeAt(0)) {
    if (QWidget* widget = item->widget()) {
      widget->hide();
      widget->deleteLater();
    }
    delete item;
  }
  rows_.clear();
  fields_ = fields;
  for (int i = 0; i < fields_.size(); ++i) {
    const FormField& field = fields_[i];
    auto* label = new QLabel(field.title);
    label->setToolTip(field.help);
    QWidget* control = makeControl(field);
    control->setObjectName(field.id);
    control->setToolTip(field.help);
    control->setAccessibleName(field.title);
    control->setAccessibleDescription(field.help);
    label->setBuddy(control);
    auto* reset = new QToolButton;
    reset->setIcon(themedIcon(QStringLiteral("reset")));
    reset->setAutoRaise(true);
    reset->setObjectName(field.id + QStringLiteral(".reset"));
    reset->setToolTip(tr("Back to the default: %1").arg(field.fallback.toString()));
    reset->setAccessibleName(reset->toolTip());
    QSizePolicy keep = reset->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    reset->setSizePolicy(keep);
    connect(reset, &QToolButton::clicked, this, [this, i] {
      put(fields_[i], fields_[i].fallback);
      edited(fields_[i]);
    });
    rows_.insert(field.id, {control, reset});
    grid_->addWidget(label, i, 0);
    grid_->addWidget(control, i, 1);
    grid_->addWidget(reset, i, 2);
    put(field, field.fallback);
    showReset(field);
  }
}

QWidget* ParameterForm::makeControl(const FormField& field) {
  const auto tell = [this, id = field.id] {
    const auto it = std::find_if(fields_.begin(), fields_.end(), [&](const FormField& f) { return f.id == id; });
    if (it != fields_.end()) edited(*it);
  };
  switch (field.kind) {
    case FormField::Kind::Flag: {
      auto* box = new QCheckBox;
      connect(box, &QCheckBox::toggled, this, tell);
      return box;
    }
    case FormField::Kind::Integer: {
      auto* box = integerBox(field);
      box->installEventFilter(new FocusedWheel(box));
      box->setFocusPolicy(Qt::StrongFocus);
      connect(box, &QSpinBox::valueChanged, this, tell);
      return box;
    }
    case FormField::Kind::Real: {
      auto* box = realBox(field);
      box->installEventFilter(new FocusedWheel(box));
      box->setFocusPolicy(Qt::StrongFocus);
      connect(box, &QDoubleSpinBox::valueChanged, this, tell);
      return box;
    }
    case FormField::Kind::Choice: {
      auto* box = new QComboBox;
      box->addItems(field.choices);
      box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
      box->setMinimumContentsLength(8);
      box->installEventFilter(new FocusedWheel(box));
      box->setFocusPolicy(Qt::StrongFocus);
      connect(box, &QComboBox::currentIndexChanged, this, tell);
      return box;
    }
    case FormField::Kind::Text: break;
  }
  auto* line = new QLineEdit;
  connect(line, &QLineEdit::editingFinished, this, tell);
  return line;
}

QWidget* ParameterForm::control(const QString& id) const {
  return rows_.value(id).control;
}

void ParameterForm::put(const FormField& field, const QVariant& value) {
  QWidget* control = rows_.value(field.id).control;
  if (!control || !value.isValid()) return;
  const bool before = silent_;
  silent_ = true;
  const auto fits = [&](double number) {
    return std::isfinite(number) && (!bounded(field) || (number >= field.minimum && number <= field.maximum));
  };
  switch (field.kind) {
    case FormField::Kind::Flag: static_cast<QCheckBox*>(control)->setChecked(value.toBool()); break;
    case FormField::Kind::Integer: {
      bool ok = false;
      const qlonglong number = value.toLongLong(&ok);
      if (ok && fits(double(number)) && std::abs(double(number)) <= std::numeric_limits<int>::max()) {
        static_cast<QSpinBox*>(control)->setValue(int(number));
      }
      break;
    }
    case FormField::Kind::Real: {
      bool ok = false;
      const double number = value.toDouble(&ok);
      if (ok && fits(number)) static_cast<QDoubleSpinBox*>(control)->setValue(number);
      break;
    }
    case FormField::Kind::Choice: {
      auto* box = static_cast<QComboBox*>(control);
      const int index = box->findText(value.toString());
      if (index >= 0) box->setCurrentIndex(index);
      break;
    }
    case FormField::Kind::Text: static_cast<QLineEdit*>(control)->setText(value.toString()); break;
  }
  silent_ = before;
}

QVariant ParameterForm::read(const FormField& field) const {
  const QWidget* control = rows_.value(field.id).control;
  if (!control) return {};
  switch (field.kind) {
    case FormField::Kind::Flag: return static_cast<const QCheckBox*>(control)->isChecked();
    case FormField::Kind::Integer: return qlonglong(static_cast<const QSpinBox*>(control)->value());
    case FormField::Kind::Real: return static_cast<const QDoubleSpinBox*>(control)->value();
    case FormField::Kind::Choice: return static_cast<const QComboBox*>(control)->currentText();
    case FormField::Kind::Text: break;
  }
  return static_cast<const QLineEdit*>(control)->text();
}

void ParameterForm::showReset(const FormField& field) {
  const bool standard = field.kind == FormField::Kind::Real
                            ? qFuzzyCompare(1.0 + read(field).toDouble(), 1.0 + field.fallback.toDouble())
                            : read(field).toString() == field.fallback.toString();
  rows_.value(field.id).reset->setVisible(!standard);
}

void ParameterForm::edited(const FormField& field) {
  showReset(field);
  if (!silent_) Q_EMIT valueChanged(field.id, read(field));
}

QVariant ParameterForm::value(const QString& id) const {
  const auto it = std::find_if(fields_.begin(), fields_.end(), [&](const FormField& f) { return f.id == id; });
  return it == fields_.end() ? QVariant() : read(*it);
}

QVariantMap ParameterForm::values() const {
  QVariantMap map;
  for (const FormField& field : fields_) map.insert(field.id, read(field));
  return map;
}

void ParameterForm::setValues(const QVariantMap& values) {
  for (const FormField& field : fields_) {
    if (!values.contains(field.id)) continue;
    put(field, values.value(field.id));
    showReset(field);
  }
}

bool ParameterForm::isDefault() const {
  return std::all_of(fields_.begin(), fields_.end(),
                     [this](const FormField& field) { return rows_.value(field.id).reset->isHidden(); });
}

void ParameterForm::resetAll() {
  for (const FormField& field : fields_) {
    const QVariant before = read(field);
    put(field, field.fallback);
    showReset(field);
    if (read(field) != before) Q_EMIT valueChanged(field.id, read(field));
  }
}

}  // namespace unitscope
