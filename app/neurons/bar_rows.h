#pragma once

namespace unitscope {

class BarList;

/// As high as its rows need, for a list on a page that scrolls itself.
void fitToRows(BarList& list);

}  // namespace unitscope
