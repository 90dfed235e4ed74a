#include "app/generator/directions/tool_command.h"

#include <QCoreApplication>
#include <QSignalBlocker>

namespace unitscope {

ToolCommand::ToolCommand(DirectionTool& tool, const QJsonObject& before, const QJsonObject& after)
    : QUndoCommand(QCoreApplication::translate("ToolCommand", "Change of \u201c%1\u201d").arg(tool.title())),
      tool_(&tool),
      before_(before),
      after_(after) {
  QStringList changed;
  for (const QString& key : after.keys())
    if (after[key] != before[key]) changed << key;
  if (changed.size() == 1 && after[changed[0]].isDouble()) number_ = changed[0];
}

void ToolCommand::redo() {
  if (!first_) apply(after_);
  first_ = false;
}

void ToolCommand::undo() {
  apply(before_);
}

void ToolCommand::apply(const QJsonObject& state) {
  if (!tool_) return;
  // What changes in the tool now is no step of its own.
  const QSignalBlocker quiet(tool_.data());
  tool_->restoreState(state);
}

int ToolCommand::id() const {
  constexpr int kId = 81;
  return number_.isEmpty() ? -1 : kId;
}

bool ToolCommand::mergeWith(const QUndoCommand* other) {
  const auto* later = static_cast<const ToolCommand*>(other);
  if (later->tool_ != tool_ || later->number_ != number_) return false;
  after_ = later->after_;
  return true;
}

}  // namespace unitscope
