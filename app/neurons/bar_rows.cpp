#include "app/neurons/bar_rows.h"

#include <algorithm>

#include "widgets/bar_list.h"

namespace unitscope {

void fitToRows(BarList& list) {
  const int rows = int(list.rows().size());
  const int row = rows > 0 ? list.sizeHintForRow(0) : list.fontMetrics().height() + 20;
  list.setFixedHeight(std::max(1, rows) * row + 2 * list.frameWidth() + 2);
  list.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

}  // namespace unitscope
