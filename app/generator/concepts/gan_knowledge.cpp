#include "app/generator/concepts/gan_knowledge.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <QFileInfo>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/cache_folder.h"
#include "app/generator/concepts/concept_groups.h"
#include "app/generator/generator_stage.h"
#include "app/generator/lent_generator.h"
#include "app/messages.h"
#include "app/model_hash.h"

namespace unitscope {

namespace {

const QString kDissectPane = QStringLiteral("generator/dissect");
const QString kEffectsPane = QStringLiteral("generator/effects");

/// A cache that cannot be written is no reason to lose what was found.
void keep(const GanDissection& dissection, const QString& file) {
  if (file.isEmpty()) return;
  try {
    const std::filesystem::path path = file.toStdString();
    std::filesystem::create_directories(path.parent_path());
    saveGanDissection(dissection, path);
  } catch (const std::exception&) {
  }
}

/// The sets that act more strongly than those of before take their places.
GanDissectionPtr withSets(const GanDissection& dissection, const std::vector<CausalEffect>& effects,
                          const std::string& source) {
  auto next = std::make_shared<GanDissection>(dissection);
  for (const CausalEffect& effect : effects)
    if (!effect.units.empty() && effect.own.relative < 0.0) keepSet(*next, conceptUnitsOf(effect, source));
  return next;
}

}  // namespace

GanKnowledge::GanKnowledge(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent), context_(context), stage_(stage) {
  connect(&context_.document, &Document::modelChanged, this, [this] {
    hash_.clear();
    askedHash_ = false;
    forget();
  });
  connect(&context_.document, &Document::cardChanged, this, &GanKnowledge::forget);
}

void GanKnowledge::forget() {
  ++round_;
  stop();
  failure_.clear();
  const bool had = dissection_ != nullptr;
  dissection_.reset();
  effects_.reset();
  if (!had) return;
  Q_EMIT dissectionChanged();
  Q_EMIT effectsChanged();
}

QString GanKnowledge::cacheFile() const {
  return hash_.isEmpty() ? QString()
                         : cacheFolder(context_.settings, QStringLiteral("gan-dissections/%1.json").arg(hash_));
}

void GanKnowledge::look() {
  if (dissection_ || dissecting_ || askedHash_ || !stage_.generator()) return;
  askHash();
}

void GanKnowledge::askHash() {
  askedHash_ = true;
  ++reading_;
  Q_EMIT busyChanged();
  askModelHash(this, context_.document.model(), [this, model = context_.document.model()](const QString& hash) {
    --reading_;
    if (model == context_.document.model()) {
      hash_ = hash;
      if (!hash_.isEmpty() && !dissection_) read(cacheFile(), false);
    }
    Q_EMIT busyChanged();
  });
}

void GanKnowledge::read(const QString& file, bool tells) {
  ++reading_;
  Q_EMIT busyChanged();
  runAside<Found>(
      this,
      [file, tells, generator = stage_.generator()] {
        Found found;
        if (!tells && !QFileInfo::exists(file)) return found;
        try {
          found.dissection = std::make_shared<const GanDissection>(loadGanDissection(file.toStdString()));
          found.fits = !generator || dissectionFits(*found.dissection, *generator);
        } catch (const std::exception& error) {
          found.problem = QString::fromUtf8(error.what());
        }
        return found;
      },
      [this, round = round_, file, tells](const Found& found) {
        --reading_;
        const QString name = QFileInfo(file).fileName();
        if (found.dissection && round == round_ && found.fits && (tells || !dissection_)) {
          effects_.reset();
          take(found.dissection);
          Q_EMIT effectsChanged();
        } else if (tells && !found.problem.isEmpty()) {
          context_.messages.error(name, found.problem);
        } else if (tells && !found.fits) {
          context_.messages.error(name, tr("is the dissection of another network; open that one, or dissect this one"));
        }
        Q_EMIT busyChanged();
      });
}

void GanKnowledge::take(const GanDissectionPtr& dissection) {
  dissection_ = dissection;
  fillConcepts(*stage_.concepts(), *dissection_);
  Q_EMIT dissectionChanged();
}

void GanKnowledge::open(const QString& file) {
  read(file, true);
}

void GanKnowledge::save(const QString& file) {
  if (!dissection_) return;
  runAside<QString>(
      this,
      [file, dissection = dissection_] {
        try {
          saveGanDissection(*dissection, file.toStdString());
          return QString();
        } catch (const std::exception& error) {
          return QString::fromUtf8(error.what());
        }
      },
      [this, file](const QString& problem) {
        const QString name = QFileInfo(file).fileName();
        if (problem.isEmpty()) {
          context_.messages.success(name, tr("saved"));
        } else {
          context_.messages.error(name, problem);
        }
      });
}

void GanKnowledge::began(bool& flag) {
  flag = true;
  failure_.clear();
  Q_EMIT busyChanged();
}

void GanKnowledge::dissect(const GanDissectQuestion& question, const QString& segmenter) {
  if (dissecting_ || !context_.document.hasModel()) return;
  context_.engine.askInBackground<GanDissectionPtr>(
      tr("Dissecting the generator"), kDissectPane, backgroundModel(context_),
      [question, segmenter, file = cacheFile(), compute = context_.settings.compute()](
          Model& lent, const Progress& progress, const CancelToken& cancel) {
        GanDissectQuestion asked = question;
        asked.segmenter = networkNamed(segmenter, compute, cancel);
        const auto found =
            std::make_shared<const GanDissection>(dissectGenerator(*generatorOf(lent), asked, progress, cancel));
        keep(*found, file);
        return found;
      },
      this,
      [this, round = round_](const GanDissectionPtr& found) {
        dissecting_ = false;
        if (round == round_) {
          effects_.reset();
          take(found);
          Q_EMIT effectsChanged();
        }
        Q_EMIT busyChanged();
      },
      [this](const Problem& problem) {
        dissecting_ = false;
        if (!problem.cancelled) failure_ = problem.reason;
        Q_EMIT busyChanged();
      });
  began(dissecting_);
}

void GanKnowledge::measureWith(const QString& title,
                               std::function<Measured(Generator&, const Progress&, const CancelToken&)> work) {
  context_.engine.askInBackground<Measured>(
      title, kEffectsPane, backgroundModel(context_),
      [work = std::move(work), file = cacheFile()](Model& lent, const Progress& progress, const CancelToken& cancel) {
        Measured made = work(*generatorOf(lent), progress, cancel);
        keep(*made.dissection, file);
        return made;
      },
      this,
      [this, round = round_](const Measured& made) {
        measuring_ = false;
        if (round == round_) {
          effects_ = made.effects;
          take(made.dissection);
          Q_EMIT effectsChanged();
        }
        Q_EMIT busyChanged();
      },
      [this](const Problem& problem) {
        measuring_ = false;
        if (!problem.cancelled) failure_ = problem.reason;
        Q_EMIT busyChanged();
      });
  began(measuring_);
}

void GanKnowledge::measure(const CausalQuestion& question, const QString& segmenter) {
  if (measuring_ || !dissection_ || !context_.document.hasModel()) return;
  measureWith(tr("Measuring causal effects"),
              [question, segmenter, dissection = dissection_, compute = context_.settings.compute()](
                  Generator& generator, const Progress& progress, const CancelToken& cancel) {
                CausalQuestion asked = question;
                asked.segmenter = networkNamed(segmenter, compute, cancel);
                const auto effects = std::make_shared<const CausalEffects>(
                    causalEffects(generator, *dissection, asked, progress, cancel));
                return Measured{effects, withSets(*dissection, effects->effects, "iou")};
              });
}

void GanKnowledge::optimise(const OptimiseQuestion& question, const QString& segmenter) {
  if (measuring_ || !dissection_ || !context_.document.hasModel()) return;
  measureWith(tr("Looking for the units of %1").arg(QString::fromStdString(question.conceptName)),
              [question, segmenter, dissection = dissection_, before = effects_, compute = context_.settings.compute()](
                  Generator& generator, const Progress& progress, const CancelToken& cancel) {
                OptimiseQuestion asked = question;
                asked.segmenter = networkNamed(segmenter, compute, cancel);
                const OptimisedUnits found = optimiseUnits(generator, asked, progress.part(0.0, 0.6), cancel);
                CausalQuestion check;
                check.layer = found.layer;
                check.concepts = {found.conceptName};
                check.ranked = {found.ranked};
                check.samples = question.samples;
                check.segmenter = asked.segmenter;
                CausalEffects made = causalEffects(generator, *dissection, check, progress.part(0.6, 1.0), cancel);
                auto effects = std::make_shared<CausalEffects>(before ? *before : made);
                if (before) {
                  std::erase_if(effects->effects,
                                [&](const CausalEffect& effect) { return effect.conceptName == found.conceptName; });
                  effects->effects.insert(effects->effects.begin(), made.effects.begin(), made.effects.end());
                }
                return Measured{effects, withSets(*dissection, made.effects, "optimised")};
              });
}

void GanKnowledge::stop() {
  if (dissecting_) context_.engine.cancelPane(kDissectPane);
  if (measuring_) context_.engine.cancelPane(kEffectsPane);
}

}  // namespace unitscope
