#pragma once

class QUndoStack;

namespace unitscope {

class AppSettings;
class Document;
class EngineBridge;
class Messages;
class Selection;

/// What the window hands to each pane's constructor; all of it outlives the panes.
struct Context {
  EngineBridge& engine;
  Document& document;
  Selection& selection;
  Messages& messages;
  QUndoStack& undo;
  AppSettings& settings;
};

}  // namespace unitscope
