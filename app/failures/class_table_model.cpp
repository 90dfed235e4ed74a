#include "app/failures/class_table_model.h"

#include <cmath>
#include <utility>

#include <QIcon>
#include <QLocale>

#include "widgets/icons.h"

namespace unitscope {

namespace {

double numberOf(const ClassFindings& f, int column) {
  switch (column) {
    case ClassTableModel::Shown: return double(f.shown);
    case ClassTableModel::Said: return double(f.said);
    case ClassTableModel::Precision: return f.precision;
    case ClassTableModel::Recall: return f.recall;
    case ClassTableModel::AveragePrecision: return f.averagePrecision;
    case ClassTableModel::Inside: return f.inside;
    case ClassTableModel::Area: return f.maskShare;
    case ClassTableModel::Cheating: return f.cheating;
    case ClassTableModel::Without: return f.saidWithout;
    default: return 0.0;
  }
}

QString shownNumber(double number, int column) {
  if (!std::isfinite(number)) return QStringLiteral("\u2013");
  const QLocale locale;
  if (column == ClassTableModel::Shown || column == ClassTableModel::Said) return locale.toString(qlonglong(number));
  return locale.toString(100.0 * number, 'f', 1) + QStringLiteral(" %");
}

}  // namespace

void ClassTableModel::setClasses(std::vector<ClassFindings> classes) {
  beginResetModel();
  classes_ = std::move(classes);
  endResetModel();
}

int ClassTableModel::rowOf(int classIndex) const {
  for (std::size_t i = 0; i < classes_.size(); ++i)
    if (classes_[i].index == classIndex) return int(i);
  return -1;
}

int ClassTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(classes_.size());
}

int ClassTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(Columns);
}

QVariant ClassTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const ClassFindings& f = classes_[std::size_t(index.row())];
  const bool label = index.column() == Label;
  switch (role) {
    case Qt::DisplayRole:
      return label ? QString::fromStdString(f.label) : shownNumber(numberOf(f, index.column()), index.column());
    case kSortRole: {
      if (label) return QString::fromStdString(f.label);
      const double number = numberOf(f, index.column());
      return std::isfinite(number) ? number : -1.0;
    }
    case kClassRole: return int(f.index);
    case Qt::DecorationRole: return label && f.suspicious ? QVariant(themedIcon("warning")) : QVariant();
    case Qt::ToolTipRole: return f.reason.empty() ? QVariant() : QVariant(QString::fromStdString(f.reason));
    case Qt::TextAlignmentRole: return QVariant(int((label ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    default: return {};
  }
}

QVariant ClassTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  static const char* const kTitles[Columns] = {
      QT_TR_NOOP("Class"), QT_TR_NOOP("Without"),   QT_TR_NOOP("On it"),  QT_TR_NOOP("Area"),  QT_TR_NOOP("Cheat"),
      QT_TR_NOOP("AP"),    QT_TR_NOOP("Precision"), QT_TR_NOOP("Recall"), QT_TR_NOOP("Shown"), QT_TR_NOOP("Said")};
  static const char* const kHelp[Columns] = {
      QT_TR_NOOP("A warning stands where the network still says the class when its object is taken out"),
      QT_TR_NOOP("Share of the pictures for which the class is still said when the object is taken out"),
      QT_TR_NOOP("Share of the heatmap that lies on the object"),
      QT_TR_NOOP("Share of the picture that the object takes: what an even heatmap would have on it"),
      QT_TR_NOOP("Cheating score: share of the heatmap that lies beside the object"),
      QT_TR_NOOP("Average precision: how well the class's score tells pictures with it from those without"),
      QT_TR_NOOP("How many of those it says it for show it"),
      QT_TR_NOOP("How many of those that show it are found"),
      QT_TR_NOOP("Pictures that show the class"),
      QT_TR_NOOP("Pictures for which the network says it")};
  if (section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(kTitles[section]);
  if (role == Qt::ToolTipRole) return tr(kHelp[section]);
  if (role == Qt::TextAlignmentRole)
    return QVariant(int((section == Label ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
  return {};
}

}  // namespace unitscope
