#include "app/built_in_menu.h"

#include "runtime/error.h"
#include "training/train.h"
#include "zoo/embedded_models.h"
#include "zoo/example_edges.h"

namespace unitscope {

namespace {

QString textOf(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString titleOf(const EmbeddedModel& model) {
  try {
    return QString::fromStdString(cardFromJson(model.card, std::string(model.name)).title);
  } catch (const Error&) {
    return textOf(model.name);
  }
}

}  // namespace

std::vector<BuiltInChoice> builtInChoices() {
  std::vector<BuiltInChoice> choices;
#ifdef UNITSCOPE_HAS_ONNX
  for (const TrainableModel& known : trainableModels()) {
    const EmbeddedModel* model = findEmbeddedModel(known.name);
    if (!model) continue;
    QString description = QString::fromStdString(known.description);
    description[0] = description[0].toUpper();
    choices.push_back({textOf(model->name), titleOf(*model), description});
  }
#endif
  choices.push_back({textOf(kExampleName), QString::fromStdString(edgeExampleCard().title),
                     BuiltInMenu::tr("A small network written by hand, with drawn pictures")});
  return choices;
}

QString firstBuiltIn() {
  const std::vector<BuiltInChoice> choices = builtInChoices();
  for (const BuiltInChoice& choice : choices) {
    if (choice.name == QStringLiteral("scene-classifier")) return choice.name;
  }
  return choices.back().name;
}

BuiltInMenu::BuiltInMenu(const QString& title, QWidget* parent) : QMenu(title, parent) {
  setToolTipsVisible(true);
  for (const BuiltInChoice& choice : builtInChoices()) {
    QAction* action = addAction(QString(choice.title).replace('&', "&&"));
    action->setToolTip(choice.description);
    action->setStatusTip(choice.description);
    action->setObjectName(choice.name);
    connect(action, &QAction::triggered, this, [this, name = choice.name] { Q_EMIT chosen(name); });
  }
}

}  // namespace unitscope
