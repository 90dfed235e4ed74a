#include "app/neurons/unit_knowledge.h"

#include <algorithm>
#include <filesystem>

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/cache_folder.h"
#include "app/messages.h"
#include "dissection/dissection_file.h"
#include "engine/fingerprint.h"
#include "examples/collect.h"

namespace unitscope {

namespace {

const QString kCollectPane = QStringLiteral("neurons/collect");
const QString kDissectPane = QStringLiteral("neurons/dissect");
constexpr quint64 kSeed = 3;  // a series of scenes that no built-in network was trained on

}  // namespace

UnitKnowledge::UnitKnowledge(const Context& context, QObject* parent) : QObject(parent), context_(context) {
  connect(&context_.document, &Document::modelChanged, this, [this] {
    forget();
    askHash();
  });
  connect(&context_.document, &Document::cardChanged, this, [this] {
    forget();
    find();
  });
  askHash();
}

void UnitKnowledge::forget() {
  ++round_;
  stop();
  opening_ = false;
  examples_.reset();
  dissection_.reset();
  statistics_.clear();
  asked_.clear();
  Q_EMIT changed();
}

void UnitKnowledge::askHash() {
  hash_.clear();
  hashing_ = context_.document.hasModel();
  if (!hashing_) return;
  runAside<std::string>(
      this, [model = context_.document.model()] { return modelFingerprint(*model); },
      [this, model = context_.document.model()](const std::string& hash) {
        if (model != context_.document.model()) return;
        hashing_ = false;
        hash_ = QString::fromStdString(hash);
        find();
        Q_EMIT busyChanged();
      });
}

QString knowledgeFile(AppSettings& settings, const QString& kind, const QString& modelHash, const QString& data,
                      const QString& suffix) {
  const QByteArray name = QCryptographicHash::hash(data.toUtf8(), QCryptographicHash::Sha1).toHex().left(10);
  return cacheFolder(settings, QStringLiteral("%1/%2-%3.%4").arg(kind, modelHash, QLatin1String(name), suffix));
}

QString UnitKnowledge::fileFor(const QString& kind, const QString& suffix) const {
  return knowledgeFile(context_.settings, kind, hash_, data_, suffix);
}

void UnitKnowledge::lookForDissection() {
  if (!dissection_ && !dissecting_ && !hash_.isEmpty())
    openDissection(fileFor(QStringLiteral("dissections"), QStringLiteral("json")));
}

void UnitKnowledge::setData(const QString& data, int pictures, const QString& file) {
  pictures_ = pictures;
  if (data == data_ && file == ownFile_) return;
  data_ = data;
  ownFile_ = file;
  forget();
  find();
}

void UnitKnowledge::find() {
  if (hash_.isEmpty()) return;
  openExamples(ownFile_.isEmpty() ? fileFor(QStringLiteral("examples"), QStringLiteral("h5")) : ownFile_,
               !ownFile_.isEmpty());
  openDissection(fileFor(QStringLiteral("dissections"), QStringLiteral("json")));
}

void UnitKnowledge::openExamples(const QString& file, bool tells) {
  opening_ = true;
  runAside<Opened>(
      this,
      [file, tells] {
        Opened opened;
        if (!tells && !QFileInfo::exists(file)) return opened;
        try {
          opened.examples = std::make_shared<SharedExamples>(ExampleStore::open(file.toStdString()));
        } catch (const std::exception& error) {
          opened.problem = QString::fromUtf8(error.what());
        }
        return opened;
      },
      [this, round = round_, file, tells](const Opened& opened) {
        if (round != round_) return;
        opening_ = false;
        examples_ = opened.examples;
        statistics_.clear();
        asked_.clear();
        if (tells && !opened.problem.isEmpty()) context_.messages.error(QFileInfo(file).fileName(), opened.problem);
        if (tells && examples_ && examples_->store.modelHash() != hash_.toStdString())
          context_.messages.warn(QFileInfo(file).fileName(),
                                 tr("was collected with another network: its units are not these"));
        Q_EMIT changed();
        Q_EMIT busyChanged();
      });
}

void UnitKnowledge::openDissection(const QString& file) {
  runAside<std::shared_ptr<const Dissection>>(
      this,
      [file]() -> std::shared_ptr<const Dissection> {
        if (!QFileInfo::exists(file)) return nullptr;
        return std::make_shared<Dissection>(loadDissection(file.toStdString()));
      },
      [this, round = round_](const std::shared_ptr<const Dissection>& found) {
        if (round != round_ || !found) return;
        dissection_ = found;
        Q_EMIT changed();
      });
}

BackgroundModel UnitKnowledge::background() const {
  return {context_.document.model(), context_.document.card(), context_.settings.compute()};
}

void UnitKnowledge::collect(const QStringList& layers) {
  if (collecting_ || hash_.isEmpty()) return;
  collecting_ = true;
  const QString file = fileFor(QStringLiteral("examples"), QStringLiteral("h5"));
  ExamplesQuestion question;
  question.data = data_.toStdString();
  question.count = pictures_;
  question.seed = kSeed;
  question.resume = true;
  std::vector<std::string> also;
  for (const QString& layer : layers)
    if (!layer.isEmpty()) also.push_back(layer.toStdString());
  context_.engine.askInBackground<bool>(
      tr("Collecting examples"), kCollectPane, background(),
      [question, also, file](Model& model, const Progress& progress, const CancelToken& cancel) {
        ExamplesQuestion asked = question;
        asked.layers = exampleLayers(model, cancel);
        // What is looked at is wanted, even where a later layer stands for it.
        for (const std::string& layer : also)
          if (std::find(asked.layers.begin(), asked.layers.end(), layer) == asked.layers.end())
            asked.layers.push_back(layer);
        std::filesystem::create_directories(std::filesystem::path(file.toStdString()).parent_path());
        collectExamples(model, asked, file.toStdString(), progress, cancel);
        return true;
      },
      this,
      [this, round = round_, file](bool) {
        collecting_ = false;
        Q_EMIT busyChanged();
        if (round == round_) openExamples(file, true);
      },
      [this](const Problem&) {
        collecting_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void UnitKnowledge::dissect(const QStringList& layers) {
  if (dissecting_ || hash_.isEmpty()) return;
  dissecting_ = true;
  DissectQuestion question;
  question.data = data_.toStdString();
  question.count = pictures_;
  question.seed = kSeed;
  std::vector<std::string> also;
  for (const QString& layer : layers)
    if (!layer.isEmpty()) also.push_back(layer.toStdString());
  const QString file = fileFor(QStringLiteral("dissections"), QStringLiteral("json"));
  context_.engine.askInBackground<std::shared_ptr<const Dissection>>(
      tr("Dissecting"), kDissectPane, background(),
      [question, also, file](Model& model, const Progress& progress, const CancelToken& cancel) {
        DissectQuestion asked = question;
        asked.layers = dissectableLayers(model, cancel);
        for (const std::string& layer : also)
          if (std::find(asked.layers.begin(), asked.layers.end(), layer) == asked.layers.end())
            asked.layers.push_back(layer);
        auto found = std::make_shared<Dissection>(unitscope::dissect(model, asked, progress, cancel));
        std::filesystem::create_directories(std::filesystem::path(file.toStdString()).parent_path());
        saveDissection(*found, file.toStdString());
        return std::shared_ptr<const Dissection>(found);
      },
      this,
      [this, round = round_](const std::shared_ptr<const Dissection>& found) {
        dissecting_ = false;
        if (round == round_) dissection_ = found;
        Q_EMIT busyChanged();
        Q_EMIT changed();
      },
      [this](const Problem&) {
        dissecting_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void UnitKnowledge::stop() {
  if (collecting_) context_.engine.cancelPane(kCollectPane);
  if (dissecting_) context_.engine.cancelPane(kDissectPane);
}

std::string UnitKnowledge::valueName(const QString& layer) const {
  if (!context_.document.hasModel()) return {};
  const Model& model = *context_.document.model();
  const std::string name = layer.toStdString();
  for (const Layer& one : model.layers())
    if (one.name == name && one.output != kNoValue) return model.graph().value(one.output).name;
  return {};
}

int UnitKnowledge::exampleLayer(const QString& layer) const {
  if (!examples_ || layer.isEmpty()) return -1;
  // The list of layers never changes once the file is open.
  const auto& layers = examples_->store.layers();
  const std::string name = layer.toStdString(), value = valueName(layer);
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i].name == name || (!value.empty() && layers[i].value == value)) return int(i);
  return -1;
}

void UnitKnowledge::look(const QString& layer) {
  const int index = exampleLayer(layer);
  if (index < 0 || asked_.contains(layer)) return;
  asked_.insert(layer);
  runAside<LayerStatistics>(
      this,
      [examples = examples_, index] {
        const std::lock_guard lock(examples->mutex);
        return examples->store.statistics(index);
      },
      [this, layer, examples = examples_](const LayerStatistics& found) {
        if (examples != examples_) return;
        statistics_[layer] = found;
        Q_EMIT changed();
      });
}

const LayerStatistics* UnitKnowledge::statistics(const QString& layer) const {
  const auto found = statistics_.find(layer);
  return found == statistics_.end() ? nullptr : &found->second;
}

const LayerDissection* UnitKnowledge::dissected(const QString& layer) const {
  if (!dissection_) return nullptr;
  const std::string name = layer.toStdString();
  for (const LayerDissection& one : dissection_->layers)
    if (one.layer == name) return &one;
  // Two names of one value: a module and the last layer in it.
  const std::string value = valueName(layer);
  for (const LayerDissection& one : dissection_->layers)
    if (!value.empty() && valueName(QString::fromStdString(one.layer)) == value) return &one;
  return nullptr;
}

QString UnitKnowledge::conceptName(const QString& layer, int unit) const {
  const LayerDissection* found = dissected(layer);
  return found ? nameIn(*found, unit) : QString();
}

QString UnitKnowledge::nameIn(const LayerDissection& layer, int unit) const {
  if (unit < 0 || std::size_t(unit) >= layer.units.size()) return {};
  const std::int64_t index = layer.units[std::size_t(unit)].detects;
  if (index < 0 || std::size_t(index) >= dissection_->concepts.size()) return {};
  return QString::fromStdString(dissection_->concepts[std::size_t(index)].name);
}

void UnitKnowledge::fill(const QString& layer, std::vector<UnitFacts>& facts) const {
  for (UnitFacts& one : facts) {
    const double activation = one.activation;
    one = {};
    one.activation = activation;
  }
  if (const LayerStatistics* known = statistics(layer)) {
    const std::vector<std::string>& labels = examples_->store.labels();
    for (std::size_t i = 0; i < facts.size() && i < known->units.size(); ++i) {
      const UnitStatistics& unit = known->units[i];
      facts[i].selectivity = unit.selectivity;
      facts[i].dead = unit.dead;
      const std::int64_t best = unit.preferredClass;
      if (best >= 0 && std::size_t(best) < labels.size())
        facts[i].best = QString::fromStdString(labels[std::size_t(best)]);
    }
  }
  const LayerDissection* dissectedLayer = dissected(layer);
  for (std::size_t i = 0; dissectedLayer && i < facts.size() && i < dissectedLayer->units.size(); ++i) {
    const UnitConcepts& unit = dissectedLayer->units[i];
    facts[i].conceptName = nameIn(*dissectedLayer, int(i));
    if (!unit.best.empty()) facts[i].iou = unit.best.front().iou;
    facts[i].dead |= unit.dead;
  }
}

}  // namespace unitscope
