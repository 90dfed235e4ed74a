#pragma once

#include "app/neurons/page_part.h"

namespace unitscope {

class TileGrid;
class UnitPortraits;

/// What a unit looks for: the picture that excites it most, the one that it likes least, and four that excite it in
/// ways as different as can be.
class PortraitsPart : public PagePart {
  Q_OBJECT
 public:
  explicit PortraitsPart(UnitPortraits& portraits, QWidget* parent = nullptr);
  void showUnit(const UnitAddress& address) override;
  TileGrid* grid() const { return grid_; }

 private:
  void showState();
  UnitPortraits& portraits_;
  UnitAddress address_;
  TileGrid* grid_;
};

}  // namespace unitscope
