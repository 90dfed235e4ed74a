#pragma once

#include <QPointer>
#include <QUndoCommand>

#include "app/counterfactual/stroke.h"

namespace unitscope {

class CounterfactualWorkspace;

/// Changes the strokes of a picture: one more, or none any more.
class StrokesCommand : public QUndoCommand {
 public:
  StrokesCommand(CounterfactualWorkspace& workspace, ImageId image, const QString& text, Strokes before, Strokes after);
  void redo() override;
  void undo() override;

 private:
  QPointer<CounterfactualWorkspace> workspace_;
  ImageId image_;
  Strokes before_, after_;
};

}  // namespace unitscope
