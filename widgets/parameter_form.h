#pragma once

#include <QHash>
#include <QStringList>
#include <QVariantMap>
#include <QVector>
#include <QWidget>

class QGridLayout;
class QToolButton;

namespace unitscope {

/// A value that the user may set. The type of control follows from `kind`.
struct FormField {
  enum class Kind { Flag, Integer, Real, Choice, Text };
  QString id;
  QString title;
  QString help;  ///< tooltip
  Kind kind = Kind::Real;
  QVariant fallback;                    ///< default: bool, qlonglong, double or QString
  double minimum = 0.0, maximum = 0.0;  ///< for numbers; equal means any
  QStringList choices;
};

/// Controls made from descriptions, so that nobody writes sliders by hand: a check box, spin box, list or line of text
/// for each field, with its default, and a button that brings the default back where it was changed.
class ParameterForm : public QWidget {
  Q_OBJECT
 public:
  explicit ParameterForm(QWidget* parent = nullptr);

  /// Replaces all controls; values are the defaults.
  void setFields(const QVector<FormField>& fields);
  const QVector<FormField>& fields() const { return fields_; }
  QVariantMap values() const;
  QVariant value(const QString& id) const;
  /// Sets without telling of it. Unknown ids and values out of range are ignored.
  void setValues(const QVariantMap& values);
  /// All defaults back; tells of each that changed.
  void resetAll();
  bool isDefault() const;
  /// The control of a field: null for an unknown id.
  QWidget* control(const QString& id) const;

 Q_SIGNALS:
  void valueChanged(const QString& id, const QVariant& value);

 private:
  struct Row {
    QWidget* control = nullptr;
    QToolButton* reset = nullptr;
  };
  QWidget* makeControl(const FormField& field);
  void put(const FormField& field, const QVariant& value);
  QVariant read(const FormField& field) const;
  void edited(const FormField& field);
  void showReset(const FormField& field);

  QVector<FormField> fields_;
  QHash<QString, Row> rows_;
  QGridLayout* grid_;
  bool silent_ = false;
};

}  // namespace unitscope
