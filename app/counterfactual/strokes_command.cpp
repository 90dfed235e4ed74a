#include "app/counterfactual/strokes_command.h"

#include "app/counterfactual/counterfactual_workspace.h"

namespace unitscope {

StrokesCommand::StrokesCommand(CounterfactualWorkspace& workspace, ImageId image, const QString& text, Strokes before,
                               Strokes after)
    : QUndoCommand(text), workspace_(&workspace), image_(image), before_(std::move(before)), after_(std::move(after)) {}

void StrokesCommand::redo() {
  if (workspace_) workspace_->setStrokes(image_, after_);
}

void StrokesCommand::undo() {
  if (workspace_) workspace_->setStrokes(image_, before_);
}

}  // namespace unitscope
