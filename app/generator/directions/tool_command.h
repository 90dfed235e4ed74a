#pragma once

#include <QJsonObject>
#include <QPointer>
#include <QUndoCommand>

#include "app/generator/directions/direction_tool.h"

namespace unitscope {

/// What the user set in a tool, before and after. Of steps that follow one another and change the same number (a spin
/// box that is held) only the last counts.
class ToolCommand : public QUndoCommand {
 public:
  ToolCommand(DirectionTool& tool, const QJsonObject& before, const QJsonObject& after);
  void redo() override;
  void undo() override;
  int id() const override;
  bool mergeWith(const QUndoCommand* other) override;

 private:
  void apply(const QJsonObject& state);
  QPointer<DirectionTool> tool_;
  QJsonObject before_, after_;
  QString number_;     // the one number that is changed; empty where it is something else
  bool first_ = true;  // pushed after the fact: the controls stand at `after` already
};

}  // namespace unitscope
