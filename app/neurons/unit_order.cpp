#include "app/neurons/unit_order.h"

#include <algorithm>

#include <QRegularExpression>

namespace unitscope {

namespace {

double keyOf(const UnitFacts& facts, UnitSort sort) {
  const double value = sort == UnitSort::Activation    ? facts.activation
                       : sort == UnitSort::Selectivity ? facts.selectivity
                                                       : facts.iou;
  return std::isnan(value) ? -INFINITY : value;
}

}  // namespace

std::vector<int> orderedUnits(const std::vector<UnitFacts>& facts, UnitSort sort, const QString& search) {
  const QString wanted = search.trimmed();
  static const QRegularExpression span(QStringLiteral("^(\\d{1,9})\\s*[-\u2013]\\s*(\\d{1,9})$"));
  static const QRegularExpression number(QStringLiteral("^\\d+$"));
  const QRegularExpressionMatch range = span.match(wanted);
  const int from = range.captured(1).toInt(), to = range.captured(2).toInt();
  const bool byNumber = number.match(wanted).hasMatch();
  std::vector<int> order;
  order.reserve(facts.size());
  for (int unit = 0; unit < int(facts.size()); ++unit) {
    const UnitFacts& one = facts[std::size_t(unit)];
    const bool found = wanted.isEmpty()   ? true
                       : range.hasMatch() ? unit >= from && unit <= to
                       : byNumber         ? QString::number(unit).startsWith(wanted)
                                          : one.conceptName.contains(wanted, Qt::CaseInsensitive) ||
                                        one.best.contains(wanted, Qt::CaseInsensitive);
    if (found) order.push_back(unit);
  }
  if (sort == UnitSort::Index) return order;
  if (sort == UnitSort::Concept) {
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      const UnitFacts &x = facts[std::size_t(a)], &y = facts[std::size_t(b)];
      if (x.conceptName.isEmpty() != y.conceptName.isEmpty()) return y.conceptName.isEmpty();
      const int names = x.conceptName.localeAwareCompare(y.conceptName);
      return names != 0 ? names < 0 : keyOf(x, UnitSort::Iou) > keyOf(y, UnitSort::Iou);
    });
    return order;
  }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return keyOf(facts[std::size_t(a)], sort) > keyOf(facts[std::size_t(b)], sort);
  });
  return order;
}

}  // namespace unitscope
