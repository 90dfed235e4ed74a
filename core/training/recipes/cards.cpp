#include "training/recipes/cards.h"

#include "data/scene.h"

namespace unitscope {

ModelCard zooCard(const std::string& title, ModelCard::Task task, int channels, int side) {
  ModelCard card;
  card.title = title;
  card.task = task;
  card.input = "input";
  card.channels = channels;
  card.height = card.width = card.resizeTo = side;
  card.mean.assign(static_cast<std::size_t>(channels), 0.5);
  card.std = card.mean;
  card.output = "logits";
  card.guessed = false;
  return card;
}

std::vector<std::string> sceneThingLabels() {
  return {sceneThingNames().begin(), sceneThingNames().end()};
}

std::vector<std::string> sceneClassLabels() {
  return {sceneClassNames().begin(), sceneClassNames().end()};
}

std::vector<std::string> fashionLabels() {
  return {"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};
}

}  // namespace unitscope
