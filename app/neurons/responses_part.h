#pragma once

#include <map>
#include <memory>
#include <vector>

#include "app/context.h"
#include "app/document.h"
#include "app/neurons/page_part.h"

namespace unitscope {

class BarList;
class UnitMaps;

/// How strongly a unit answers to each of the open images, and where.
class ResponsesPart : public PagePart {
  Q_OBJECT
 public:
  explicit ResponsesPart(const Context& context, QWidget* parent = nullptr);
  void showUnit(const UnitAddress& address) override;
  bool busy() const override { return asking_; }
  BarList* list() const { return list_; }

 private:
  struct Response {
    std::shared_ptr<const UnitMaps> maps;
    std::shared_ptr<const Image> seen;
  };
  void forget();
  void askNext();
  void showRows();
  std::vector<ImageId> images() const;

  Context context_;
  UnitAddress address_;
  QString layer_;  // of responses_
  std::map<ImageId, Response> responses_;
  std::map<ImageId, QImage> pictures_;  // of the unit
  bool asking_ = false;
  int round_ = 0;
  BarList* list_;
};

}  // namespace unitscope
