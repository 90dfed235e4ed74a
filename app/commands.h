#pragma once

#include <QJsonObject>
#include <QPointer>
#include <QUndoCommand>

#include "app/document.h"
#include "app/workspace.h"

namespace unitscope {

/// Brings pictures in; undone, they go again.
class AddPicturesCommand : public QUndoCommand {
 public:
  AddPicturesCommand(Document& document, std::vector<PictureEntry> pictures);
  void redo() override;
  void undo() override;

 private:
  Document& document_;
  std::vector<PictureEntry> pictures_;
};

/// Takes pictures out; undone, they come back at their old places.
class RemovePicturesCommand : public QUndoCommand {
 public:
  RemovePicturesCommand(Document& document, const std::vector<ImageId>& ids);
  void redo() override;
  void undo() override;

 private:
  Document& document_;
  std::vector<std::pair<int, PictureEntry>> removed_;
};

/// Changes the class that is explained.
class SetTargetCommand : public QUndoCommand {
 public:
  SetTargetCommand(Selection& selection, int target, const QString& text);
  void redo() override { selection_.setTarget(after_); }
  void undo() override { selection_.setTarget(before_); }

 private:
  Selection& selection_;
  int before_, after_;
};

/// Changes the card of the open model, in the document and on the engine thread.
class EditCardCommand : public QUndoCommand {
 public:
  EditCardCommand(Document& document, EngineBridge& engine, ModelCard after);
  void redo() override { apply(after_); }
  void undo() override { apply(before_); }

 private:
  void apply(const ModelCard& card);
  Document& document_;
  EngineBridge& engine_;
  ModelCard before_, after_;
};

/// Any change of a workspace's own controls (methods, parameters, opacity), as states before and after. Changes with
/// the same `mergeKey` that follow one another become one step: a slider's way is undone at once.
class WorkspaceStateCommand : public QUndoCommand {
 public:
  WorkspaceStateCommand(Workspace& workspace, const QString& text, QJsonObject before, QJsonObject after,
                        const QString& mergeKey = {});
  void redo() override;
  void undo() override;
  int id() const override { return mergeKey_.isEmpty() ? -1 : 1; }
  bool mergeWith(const QUndoCommand* other) override;

 private:
  QPointer<Workspace> workspace_;
  QJsonObject before_, after_;
  QString mergeKey_;
  bool first_ = true;  // pushed after the fact: the controls stand at `after` already
};

}  // namespace unitscope
