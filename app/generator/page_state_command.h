#pragma once

#include <utility>

#include <QPointer>
#include <QUndoCommand>

#include "app/generator/generator_page.h"

namespace unitscope {

/// A change of a page's own controls, as states before and after. Changes with the same `mergeKey` that follow one
/// another become one step.
class PageStateCommand : public QUndoCommand {
 public:
  PageStateCommand(GeneratorPage& page, const QString& text, QJsonObject before, QJsonObject after,
                   QString mergeKey = {})
      : page_(&page), before_(std::move(before)), after_(std::move(after)), mergeKey_(std::move(mergeKey)) {
    setText(text);
  }
  void redo() override {
    if (page_) page_->restoreState(after_);
  }
  void undo() override {
    if (page_) page_->restoreState(before_);
  }
  int id() const override {
    constexpr int kId = 9;
    return mergeKey_.isEmpty() ? -1 : kId;
  }
  bool mergeWith(const QUndoCommand* other) override {
    const auto* later = static_cast<const PageStateCommand*>(other);
    if (later->page_ != page_ || later->mergeKey_ != mergeKey_) return false;
    after_ = later->after_;
    return true;
  }

 private:
  QPointer<GeneratorPage> page_;
  QJsonObject before_, after_;
  QString mergeKey_;
};

}  // namespace unitscope
