#pragma once

#include <QWidget>

#include "app/generator/scene_edits.h"

class QLabel;
class QListWidget;
class QPushButton;

namespace unitscope {

class GeneratorStage;

/// What was done to units, each with a way to take it back.
class EditList : public QWidget {
  Q_OBJECT
 public:
  explicit EditList(GeneratorStage& stage, QWidget* parent = nullptr);

  const std::vector<EditGroup>& groups() const { return groups_; }
  QListWidget* list() const { return list_; }
  QPushButton* remove() const { return remove_; }
  QPushButton* removeAll() const { return removeAll_; }

 Q_SIGNALS:
  void groupPicked(const QString& layer, const std::vector<std::int64_t>& units);
  void countChanged(int count);

 private:
  void show();

  GeneratorStage& stage_;
  std::vector<EditGroup> groups_;
  QListWidget* list_;
  QLabel* none_;
  QPushButton *remove_, *removeAll_;
};

}  // namespace unitscope
