#include "app/concepts/concept_knowledge.h"

#include <filesystem>

#include <QFileInfo>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/messages.h"
#include "app/model_hash.h"
#include "app/neurons/unit_knowledge.h"
#include "dissection/dissection_file.h"
#include "zoo/embedded_models.h"

namespace unitscope {

namespace {

const QString kDissectPane = QStringLiteral("concepts/dissect");
const QString kLearnPane = QStringLiteral("concepts/learn");

/// Background thread.
std::shared_ptr<Model> openSegmenter(const QString& name, const ComputeSettings& compute, const CancelToken& cancel) {
  if (name.isEmpty()) return nullptr;
  if (std::optional<ReadModel> own = readBuiltInModel(name.toStdString()))
    return Model::fromGraph(std::move(own->graph), std::move(own->card), compute);
  return Model::open(name.toStdString(), compute, {}, cancel);
}

template <class T>
struct ReadResult {
  std::shared_ptr<const T> found;
  QString problem;
};

}  // namespace

ConceptKnowledge::ConceptKnowledge(const Context& context, QObject* parent) : QObject(parent), context_(context) {
  connect(&context_.document, &Document::modelChanged, this, [this] {
    forget();
    hash_.clear();
  });
  connect(&context_.document, &Document::cardChanged, this, &ConceptKnowledge::forget);
}

void ConceptKnowledge::forget() {
  ++round_;
  wanted_.clear();
  stop();
  dissection_.reset();
  vectors_.reset();
  Q_EMIT dissectionChanged();
  Q_EMIT vectorsChanged();
}

QString ConceptKnowledge::cacheFile(const QString& data) const {
  return knowledgeFile(context_.settings, QStringLiteral("dissections"), hash_, data, QStringLiteral("json"));
}

void ConceptKnowledge::look(const QString& data) {
  if (dissection_ || dissecting_ || !context_.document.hasModel() || data == wanted_) return;
  wanted_ = data;
  if (hash_.isEmpty()) return askHash();
  const QString file = cacheFile(data);
  read<Dissection>(
      file, false, [](const std::string& path) { return loadDissection(path); },
      [this](const DissectionPtr& found) {
        if (dissection_) return;
        dissection_ = found;
        Q_EMIT dissectionChanged();
      });
}

void ConceptKnowledge::askHash() {
  ++reading_;
  Q_EMIT busyChanged();
  askModelHash(this, context_.document.model(), [this, model = context_.document.model()](const QString& hash) {
    --reading_;
    if (model == context_.document.model()) {
      hash_ = hash;
      const QString data = wanted_;
      wanted_.clear();
      if (!hash_.isEmpty()) look(data);
    }
    Q_EMIT busyChanged();
  });
}

// Nothing is read on the GUI thread; what was read for a network that is gone is dropped.
template <class T>
void ConceptKnowledge::read(const QString& file, bool tells, std::function<T(const std::string&)> load,
                            std::function<void(std::shared_ptr<const T>)> done) {
  ++reading_;
  Q_EMIT busyChanged();
  runAside<ReadResult<T>>(
      this,
      [file, tells, load] {
        ReadResult<T> result;
        if (!tells && !QFileInfo::exists(file)) return result;
        try {
          result.found = std::make_shared<const T>(load(file.toStdString()));
        } catch (const std::exception& error) {
          result.problem = QString::fromUtf8(error.what());
        }
        return result;
      },
      [this, round = round_, file, tells, done](const ReadResult<T>& result) {
        --reading_;
        if (result.found && round == round_) done(result.found);
        if (tells && !result.problem.isEmpty()) context_.messages.error(QFileInfo(file).fileName(), result.problem);
        Q_EMIT busyChanged();
      });
}

void ConceptKnowledge::openDissection(const QString& file) {
  read<Dissection>(
      file, true, [](const std::string& path) { return loadDissection(path); },
      [this](const DissectionPtr& found) {
        dissection_ = found;
        Q_EMIT dissectionChanged();
      });
}

void ConceptKnowledge::openOther(const QString& file) {
  read<Dissection>(
      file, true, [](const std::string& path) { return loadDissection(path); },
      [this](const DissectionPtr& found) {
        other_ = found;
        Q_EMIT dissectionChanged();
      });
}

void ConceptKnowledge::openVectors(const QString& file) {
  read<Net2Vec>(
      file, true, [](const std::string& path) { return loadNet2Vec(path); },
      [this](const Net2VecPtr& found) {
        vectors_ = found;
        Q_EMIT vectorsChanged();
      });
}

void ConceptKnowledge::keepAsOther() {
  other_ = dissection_;
  Q_EMIT dissectionChanged();
}

void ConceptKnowledge::dropOther() {
  other_.reset();
  Q_EMIT dissectionChanged();
}

void ConceptKnowledge::setIouThreshold(double iou) {
  bool changed = false;
  for (DissectionPtr* one : {&dissection_, &other_}) {
    if (!*one || (*one)->iouThreshold == iou) continue;
    auto counted = std::make_shared<Dissection>(**one);
    unitscope::setIouThreshold(*counted, iou);
    *one = counted;
    changed = true;
  }
  if (changed) Q_EMIT dissectionChanged();
}

BackgroundModel ConceptKnowledge::background() const {
  return {context_.document.model(), context_.document.card(), context_.settings.compute()};
}

void ConceptKnowledge::dissect(const DissectQuestion& question, const QString& segmenter) {
  if (dissecting_ || !context_.document.hasModel()) return;
  dissecting_ = true;
  // Other workspaces look for all layers there, and for the data's own masks.
  const QString file = question.layers.empty() && segmenter.isEmpty() && !hash_.isEmpty()
                           ? cacheFile(QString::fromStdString(question.data))
                           : QString();
  context_.engine.askInBackground<DissectionPtr>(
      tr("Dissecting"), kDissectPane, background(),
      [question, file, segmenter, compute = context_.settings.compute()](Model& model, const Progress& progress,
                                                                         const CancelToken& cancel) {
        DissectQuestion asked = question;
        asked.segmenter = openSegmenter(segmenter, compute, cancel);
        auto found = std::make_shared<const Dissection>(unitscope::dissect(model, asked, progress, cancel));
        if (!file.isEmpty()) {
          std::filesystem::create_directories(std::filesystem::path(file.toStdString()).parent_path());
          saveDissection(*found, file.toStdString());
        }
        return found;
      },
      this,
      [this, round = round_](const DissectionPtr& found) {
        dissecting_ = false;
        if (round == round_) dissection_ = found;
        Q_EMIT dissectionChanged();
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        dissecting_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void ConceptKnowledge::learn(const Net2VecQuestion& question, const QString& segmenter) {
  if (learning_ || !context_.document.hasModel()) return;
  learning_ = true;
  context_.engine.askInBackground<Net2VecPtr>(
      tr("Learning concept vectors"), kLearnPane, background(),
      [question, segmenter, compute = context_.settings.compute()](Model& model, const Progress& progress,
                                                                   const CancelToken& cancel) {
        Net2VecQuestion asked = question;
        asked.segmenter = openSegmenter(segmenter, compute, cancel);
        return std::make_shared<const Net2Vec>(learnConceptVectors(model, asked, progress, cancel));
      },
      this,
      [this, round = round_](const Net2VecPtr& found) {
        learning_ = false;
        if (round == round_) vectors_ = found;
        Q_EMIT vectorsChanged();
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        learning_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void ConceptKnowledge::stop() {
  if (dissecting_) context_.engine.cancelPane(kDissectPane);
  if (learning_) context_.engine.cancelPane(kLearnPane);
}

}  // namespace unitscope
