#include "app/generator/inversion/inversion_work.h"

#include <algorithm>
#include <utility>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QSaveFile>

#include "app/app_settings.h"
#include "app/cache_folder.h"
#include "app/generator/generator_stage.h"
#include "app/generator/lent_generator.h"
#include "data/scene.h"
#include "engine/fingerprint.h"
#include "gan/domain_file.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

const QString kEncoderPane = QStringLiteral("generator/encoder");
const QString kRunPane = QStringLiteral("generator/invert");
const QString kCheckPane = QStringLiteral("generator/domain");
const QString kComparePane = QStringLiteral("generator/invert-twice");

// Each of them takes as long as the picture did.
constexpr int kKnownPictures = 16;
constexpr std::int64_t kSamplesBesideKnown = 8;
/// A series of scenes that neither training nor measuring draws from.
constexpr std::uint64_t kKnownScenes = 7;
constexpr int kKnownSide = 128;

/// Background thread.
InversionQuestion readied(const InversionRequest& request, const ComputeSettings& compute, const CancelToken& cancel) {
  InversionQuestion question = request.question;
  if (!request.encoder.isEmpty()) question.encoder = networkNamed(request.encoder, compute, cancel);
  return question;
}

/// Background thread.
std::vector<Image> knownPictures(const QString& known, const CancelToken& cancel) {
  std::vector<Image> pictures;
  if (known == QLatin1String("scenes")) {
    for (int i = 0; i < kKnownPictures; ++i) {
      cancel.check();
      pictures.push_back(renderScene(kKnownScenes, std::uint64_t(i), {.size = kKnownSide}).picture);
    }
    return pictures;
  }
  if (known.isEmpty() || known == QLatin1String("samples")) return pictures;
  QStringList files;
  QDirIterator all(known, QDir::Files, QDirIterator::Subdirectories);
  constexpr int kMostFiles = 100'000;
  while (all.hasNext() && files.size() < kMostFiles) files << all.next();
  files.sort();
  for (const QString& file : std::as_const(files)) {
    if (pictures.size() == kKnownPictures) break;
    cancel.check();
    try {
      pictures.push_back(loadImage(file.toStdString()));
    } catch (const Error&) {
      // Folders of pictures hold other files too.
    }
  }
  if (pictures.size() < 8) throw Error(known.toStdString(), "holds fewer than 8 pictures to compare with");
  return pictures;
}

/// Background thread. Where a reference is kept; empty for pictures of the user's, which may change.
QString referenceFile(const QString& folder, const Model& lent, const Generator& generator,
                      const DomainQuestion& question, const InversionRequest& request) {
  if (request.known != QLatin1String("scenes") && request.known != QLatin1String("samples")) return {};
  const std::string all = modelFingerprint(lent) + domainSettings(generator, question) + request.encoder.toStdString();
  const QByteArray name = QCryptographicHash::hash(QByteArray::fromStdString(all), QCryptographicHash::Sha1).toHex();
  return folder + QLatin1Char('/') + QString::fromLatin1(name) + QStringLiteral(".json");
}

/// Background thread. Null where there is none, or it cannot be read.
DomainReferencePtr keptReference(const QString& file) {
  QFile kept(file);
  if (file.isEmpty() || !kept.open(QIODevice::ReadOnly)) return nullptr;
  try {
    return std::make_shared<const DomainReference>(
        domainReferenceFromJson(kept.readAll().toStdString(), file.toStdString()));
  } catch (const Error&) {
    return nullptr;
  }
}

/// Background thread. What cannot be kept is computed again.
void keepReference(const DomainReference& reference, const QString& file) {
  if (file.isEmpty() || !QDir().mkpath(QFileInfo(file).path())) return;
  QSaveFile kept(file);
  if (kept.open(QIODevice::WriteOnly) && kept.write(QByteArray::fromStdString(toJson(reference))) >= 0) kept.commit();
}

}  // namespace

InversionWork::InversionWork(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent), context_(context), stage_(stage) {
  connect(&stage_, &GeneratorStage::generatorChanged, this, &InversionWork::forget);
}

void InversionWork::forget() {
  ++round_;
  stop_.cancel();
  for (const QString& pane : {kEncoderPane, kRunPane, kCheckPane, kComparePane}) context_.engine.cancelPane(pane);
  running_ = checking_ = comparing_ = asking_ = asked_ = hasEncoder_ = false;
  referenceOf_.clear();
  reference_.reset();
  clear();
  Q_EMIT busyChanged();
  Q_EMIT encoderKnown();
}

void InversionWork::clear() {
  ++picture_;
  stop_.cancel();
  answer_.reset();
  finding_.reset();
  comparison_.reset();
  failure_.clear();
  Q_EMIT answered();
  Q_EMIT checked();
  Q_EMIT compared();
}

void InversionWork::began(bool& flag) {
  flag = true;
  failure_.clear();
  Q_EMIT busyChanged();
}

void InversionWork::ended(bool& flag) {
  flag = false;
  Q_EMIT busyChanged();
}

void InversionWork::look() {
  if (asked_ || !stage_.generator()) return;
  asked_ = true;
  context_.engine.ask<bool>(
      tr("Looking for an encoder"), kEncoderPane,
      [generator = stage_.generator()](const Progress&, const CancelToken&) {
        return embeddedEncoderFor(*generator) != nullptr;
      },
      this,
      [this, round = round_](bool has) {
        if (round != round_) return;
        hasEncoder_ = has;
        ended(asking_);
        Q_EMIT encoderKnown();
      },
      [this, round = round_](const Problem&) {
        if (round == round_) ended(asking_);
      });
  began(asking_);
}

void InversionWork::run(const InversionRequest& request) {
  if (running_ || !stage_.generator()) return;
  clear();
  stop_ = CancelToken();
  // The job's own cancellation throws its answer away; ours does not.
  auto found = std::make_shared<InversionPtr>();
  const auto finish = [this, found, round = round_, picture = picture_] {
    if (round != round_) return;
    if (picture == picture_) answer_ = std::exchange(*found, nullptr);
    ended(running_);
    Q_EMIT answered();
  };
  context_.engine.askInBackground<bool>(
      tr("Inverting the picture"), kRunPane, backgroundModel(context_),
      [request, found, stop = stop_, compute = context_.settings.compute(), round = round_, picture = picture_,
       self = QPointer<InversionWork>(this)](Model& lent, const Progress& progress, const CancelToken& cancel) {
        const auto pass = [&] {
          if (cancel.cancelled()) stop.cancel();
        };
        const Progress watched([&](double fraction, const std::string& what) {
          pass();
          progress.report(fraction, what);
        });
        const InversionWatcher watcher = [&](const InversionPreview& preview) {
          pass();
          QMetaObject::invokeMethod(
              QCoreApplication::instance(),
              [self, preview, picture] {
                if (self && self->picture_ == picture && self->running_) Q_EMIT self->previewed(preview);
              },
              Qt::QueuedConnection);
        };
        *found = std::make_shared<const InversionAnswer>(
            invert(*generatorOf(lent), readied(request, compute, cancel), watcher, watched, stop));
        return true;
      },
      this, [finish](bool) { finish(); },
      [this, finish](const Problem& problem) {
        if (!problem.cancelled) failure_ = problem.reason;
        finish();
      });
  began(running_);
}

void InversionWork::stop() {
  stop_.cancel();
}

void InversionWork::check(const InversionRequest& request) {
  if (checking_ || !answer_ || !stage_.generator()) return;
  const DomainReferencePtr before = referenceOf_ == request.settings ? reference_ : nullptr;
  context_.engine.askInBackground<Judged>(
      tr("Checking the domain"), kCheckPane, backgroundModel(context_),
      [request, before, answer = answer_, compute = context_.settings.compute(),
       folder = cacheFolder(context_.settings, QStringLiteral("gan-domains"))](Model& lent, const Progress& progress,
                                                                               const CancelToken& cancel) {
        Judged judged{before, {}};
        if (!judged.reference) {
          DomainQuestion question;
          question.inversion = readied(request, compute, cancel);
          question.known = knownPictures(request.known, cancel);
          if (!question.known.empty()) question.samples = kSamplesBesideKnown;
          const auto generator = generatorOf(lent);
          const QString file = referenceFile(folder, lent, *generator, question, request);
          judged.reference = keptReference(file);
          if (!judged.reference) {
            judged.reference =
                std::make_shared<const DomainReference>(domainReference(*generator, question, progress, cancel));
            keepReference(*judged.reference, file);
          }
        }
        judged.finding = checkDomain(*judged.reference, *answer);
        return judged;
      },
      this,
      [this, round = round_, settings = request.settings, answer = answer_](const Judged& judged) {
        if (round != round_) return;
        reference_ = judged.reference;
        referenceOf_ = settings;
        if (answer == answer_) finding_ = judged.finding;
        ended(checking_);
        Q_EMIT checked();
      },
      [this, round = round_](const Problem& problem) {
        if (round != round_) return;
        if (!problem.cancelled) failure_ = problem.reason;
        ended(checking_);
      });
  began(checking_);
}

void InversionWork::stopChecking() {
  if (checking_) context_.engine.cancelPane(kCheckPane);
}

void InversionWork::compare(const InversionRequest& request, const std::vector<EditToTry>& edits) {
  if (comparing_ || !stage_.generator()) return;
  context_.engine.askInBackground<InversionComparisonPtr>(
      tr("Inverting with and without the domain term"), kComparePane, backgroundModel(context_),
      [request, edits, compute = context_.settings.compute()](Model& lent, const Progress& progress,
                                                              const CancelToken& cancel) {
        CompareInversionsQuestion question;
        question.inversion = readied(request, compute, cancel);
        std::shared_ptr<Model> judge;
        for (const EditToTry& edit : edits) {
          if (!judge) judge = networkNamed(QStringLiteral("scene-segmenter"), compute, cancel);
          const auto& labels = judge->card().labels;
          const auto label = std::ranges::find(labels, edit.target.toStdString());
          if (label == labels.end())
            throw Error(edit.target.toStdString(), "is no class of the built-in segmenter, which counts the pixels");
          question.edits.push_back(edit.probe);
          question.edits.back().judge = judge;
          question.edits.back().target = label - labels.begin();
        }
        return std::make_shared<const InversionComparison>(
            compareInversions(*generatorOf(lent), question, progress, cancel));
      },
      this,
      [this, round = round_, picture = picture_](const InversionComparisonPtr& made) {
        if (round != round_) return;
        if (picture == picture_) comparison_ = made;
        ended(comparing_);
        Q_EMIT compared();
      },
      [this, round = round_](const Problem& problem) {
        if (round != round_) return;
        if (!problem.cancelled) failure_ = problem.reason;
        ended(comparing_);
      });
  began(comparing_);
}

void InversionWork::stopComparing() {
  if (comparing_) context_.engine.cancelPane(kComparePane);
}

}  // namespace unitscope
