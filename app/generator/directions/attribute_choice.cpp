#include "app/generator/directions/attribute_choice.h"

#include <algorithm>

#include <QJsonArray>

#include "app/app_settings.h"
#include "app/engine_bridge.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PictureAttribute::Kind;
constexpr std::size_t kMost = 64;

QString bandOf(PictureAttribute::Band band) {
  switch (band) {
    case PictureAttribute::Band::Whole: return {};
    case PictureAttribute::Band::Top: return AttributeChoice::tr(", top third");
    case PictureAttribute::Band::Middle: return AttributeChoice::tr(", middle third");
    case PictureAttribute::Band::Bottom: return AttributeChoice::tr(", bottom third");
  }
  return {};
}

bool has(const std::vector<PictureAttribute>& all, const PictureAttribute& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

void put(std::vector<PictureAttribute>& all, const PictureAttribute& one, bool on) {
  std::erase(all, one);
  if (on && all.size() < kMost) all.push_back(one);
}

QJsonArray textsOf(const std::vector<PictureAttribute>& all) {
  QJsonArray texts;
  for (const PictureAttribute& one : all) texts.append(QString::fromStdString(textOf(one)));
  return texts;
}

std::vector<PictureAttribute> attributesFrom(const QJsonArray& texts) {
  std::vector<PictureAttribute> all;
  for (const QJsonValue& text : texts) {
    if (all.size() >= kMost) break;
    try {
      all.push_back(attributeFrom(text.toString().toStdString()));
    } catch (const Error&) {
      // Of a version that knew others.
    }
  }
  return all;
}

}  // namespace

QString titleOf(const PictureAttribute& attribute) {
  const QString name = QString::fromStdString(attribute.name), band = bandOf(attribute.band);
  switch (attribute.kind) {
    case Kind::ClassProbability: return AttributeChoice::tr("%1, probability").arg(name);
    case Kind::ClassScore: return AttributeChoice::tr("%1, score").arg(name);
    case Kind::ConceptArea: return AttributeChoice::tr("area of %1").arg(name) + band;
    case Kind::ColorArea: return AttributeChoice::tr("area in %1").arg(name) + band;
    case Kind::Brightness: return AttributeChoice::tr("brightness") + band;
    case Kind::Contrast: return AttributeChoice::tr("contrast") + band;
    case Kind::Saturation: return AttributeChoice::tr("saturation") + band;
    case Kind::Warmth: return AttributeChoice::tr("warmth") + band;
    case Kind::HandLabels: return name;
  }
  return name;
}

QString shortTitleOf(const PictureAttribute& attribute) {
  switch (attribute.kind) {
    case Kind::ClassProbability:
    case Kind::ClassScore:
    case Kind::ConceptArea:
    case Kind::ColorArea: return QString::fromStdString(attribute.name) + bandOf(attribute.band);
    default: return titleOf(attribute);
  }
}

QString groupOf(const PictureAttribute& attribute) {
  switch (attribute.kind) {
    case Kind::ClassProbability: return AttributeChoice::tr("Classes, probability");
    case Kind::ClassScore: return AttributeChoice::tr("Classes, score before sigmoid or softmax");
    case Kind::ConceptArea: return AttributeChoice::tr("Areas of concepts");
    case Kind::ColorArea: return AttributeChoice::tr("Areas of colours");
    default: return AttributeChoice::tr("Light and colour");
  }
}

AttributeModels openAttributeModels(const AttributeFiles& files, const ComputeSettings& settings,
                                    const CancelToken& cancel) {
  const auto open = [&](const QString& file) {
    return file.isEmpty() ? nullptr : Model::open(file.toStdString(), settings, {}, cancel);
  };
  return {open(files.classifier), open(files.segmenter)};
}

AttributeChoice::AttributeChoice(const Context& context, QObject* parent) : QObject(parent), context_(context) {}

void AttributeChoice::fetch() {
  if (fetched_ || fetching_ || !context_.document.hasModel()) return;
  fetching_ = true;
  const int round = ++round_;
  using Known = std::vector<PictureAttribute>;
  const ComputeSettings compute = context_.settings.compute();
  context_.engine.askInBackground<Known>(
      tr("What pictures can be judged by"), QStringLiteral("generator/directions/attributes"),
      BackgroundModel{context_.document.model(), context_.document.card(), compute},
      [files = files_, compute](Model&, const Progress&, const CancelToken& cancel) {
        return availableAttributes(openAttributeModels(files, compute, cancel));
      },
      this,
      [this, round](const Known& known) {
        if (round != round_) return;
        fetching_ = false;
        fetched_ = true;
        reason_.clear();
        known_ = known;
        const auto unknown = [&](const PictureAttribute& one) { return !has(known_, one); };
        std::erase_if(chosen_, unknown);
        std::erase_if(constant_, unknown);
        Q_EMIT changed();
      },
      [this, round](const Problem& problem) {
        if (round != round_) return;
        fetching_ = false;
        // A stop is no answer: it is asked again when the tool is next seen.
        fetched_ = !problem.cancelled;
        reason_ = problem.cancelled ? tr("Stopped") : problem.reason;
        Q_EMIT changed();
      });
  Q_EMIT changed();
}

bool AttributeChoice::isChosen(const PictureAttribute& attribute) const {
  return has(chosen_, attribute);
}

bool AttributeChoice::isConstant(const PictureAttribute& attribute) const {
  return has(constant_, attribute);
}

void AttributeChoice::setChosen(const PictureAttribute& attribute, bool on) {
  if (isChosen(attribute) == on) return;
  put(chosen_, attribute, on);
  Q_EMIT changed();
}

void AttributeChoice::setConstant(const PictureAttribute& attribute, bool on) {
  if (isConstant(attribute) == on) return;
  put(constant_, attribute, on);
  Q_EMIT changed();
}

void AttributeChoice::setFiles(const AttributeFiles& files) {
  if (files == files_) return;
  files_ = files;
  ++round_;
  fetching_ = fetched_ = false;
  known_.clear();
  fetch();
  Q_EMIT changed();
}

QJsonObject AttributeChoice::saveState() const {
  return {{"chosen", textsOf(chosen_)},
          {"constant", textsOf(constant_)},
          {"classifier", files_.classifier},
          {"segmenter", files_.segmenter}};
}

void AttributeChoice::restoreState(const QJsonObject& state) {
  chosen_ = attributesFrom(state["chosen"].toArray());
  constant_ = attributesFrom(state["constant"].toArray());
  const bool asked = fetched_ || fetching_;
  const AttributeFiles files{state["classifier"].toString(), state["segmenter"].toString()};
  if (!(files == files_)) {
    files_ = files;
    ++round_;
    fetching_ = fetched_ = false;
    known_.clear();
    if (asked) fetch();
  }
  Q_EMIT changed();
}

}  // namespace unitscope
