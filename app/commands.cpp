#include "app/commands.h"

#include <algorithm>

#include <QCoreApplication>

#include "app/engine_bridge.h"

namespace unitscope {

namespace {

QString say(const char* text, int n = -1) {
  return QCoreApplication::translate("Commands", text, nullptr, n);
}

}  // namespace

AddPicturesCommand::AddPicturesCommand(Document& document, std::vector<PictureEntry> pictures)
    : document_(document), pictures_(std::move(pictures)) {
  setText(pictures_.size() == 1 ? say("Add %1").arg(pictures_.front().name)
                                : say("Add %1 images").arg(pictures_.size()));
}

void AddPicturesCommand::redo() {
  document_.insertPictures(pictures_);
}

void AddPicturesCommand::undo() {
  std::vector<ImageId> ids;
  for (const PictureEntry& picture : pictures_) ids.push_back(picture.id);
  document_.removePictures(ids);
}

RemovePicturesCommand::RemovePicturesCommand(Document& document, const std::vector<ImageId>& ids)
    : document_(document) {
  for (const ImageId id : ids) {
    const int index = document.indexOf(id);
    if (index >= 0) removed_.emplace_back(index, *document.picture(id));
  }
  std::sort(removed_.begin(), removed_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  setText(removed_.size() == 1 ? say("Remove %1").arg(removed_.front().second.name)
                               : say("Remove %1 images").arg(removed_.size()));
}

void RemovePicturesCommand::redo() {
  std::vector<ImageId> ids;
  for (const auto& [index, picture] : removed_) ids.push_back(picture.id);
  document_.removePictures(ids);
}

void RemovePicturesCommand::undo() {
  // In rising order, so that each index is right by the time its picture comes back.
  for (const auto& [index, picture] : removed_) document_.insertPictures({picture}, index);
}

SetTargetCommand::SetTargetCommand(Selection& selection, int target, const QString& text)
    : QUndoCommand(text), selection_(selection), before_(selection.focus().target), after_(target) {}

EditCardCommand::EditCardCommand(Document& document, EngineBridge& engine, ModelCard after)
    : QUndoCommand(say("Change the card")),
      document_(document),
      engine_(engine),
      before_(document.card()),
      after_(std::move(after)) {}

void EditCardCommand::apply(const ModelCard& card) {
  if (!document_.hasModel()) return;
  engine_.setCard(document_.model(), card);
  document_.setCard(card);
}

WorkspaceStateCommand::WorkspaceStateCommand(Workspace& workspace, const QString& text, QJsonObject before,
                                             QJsonObject after, const QString& mergeKey)
    : QUndoCommand(text),
      workspace_(&workspace),
      before_(std::move(before)),
      after_(std::move(after)),
      mergeKey_(mergeKey) {}

void WorkspaceStateCommand::redo() {
  if (!first_ && workspace_) workspace_->restoreState(after_);
  first_ = false;
}

void WorkspaceStateCommand::undo() {
  if (workspace_) workspace_->restoreState(before_);
}

bool WorkspaceStateCommand::mergeWith(const QUndoCommand* other) {
  const auto* next = dynamic_cast<const WorkspaceStateCommand*>(other);
  if (!next || next->mergeKey_ != mergeKey_ || next->workspace_ != workspace_) return false;
  after_ = next->after_;
  return true;
}

}  // namespace unitscope
