#pragma once

#include <vector>

#include <QMenu>

namespace unitscope {

/// A network that comes with the program, as the window names it.
struct BuiltInChoice {
  QString name;         ///< "scene-classifier"
  QString title;        ///< "Scene classifier"
  QString description;  ///< one sentence
};

/// The trained ones in the order of trainableModels(), then the hand-written example.
std::vector<BuiltInChoice> builtInChoices();
/// The one that the first start opens: the scene classifier, or the example where this build has no other.
QString firstBuiltIn();

/// Menu of the networks that come with the program.
class BuiltInMenu : public QMenu {
  Q_OBJECT
 public:
  explicit BuiltInMenu(const QString& title, QWidget* parent = nullptr);

 Q_SIGNALS:
  void chosen(const QString& name);
};

}  // namespace unitscope
