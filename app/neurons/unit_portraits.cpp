#include "app/neurons/unit_portraits.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <QCoreApplication>
#include <QPointer>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/cache_folder.h"
#include "app/engine_bridge.h"
#include "app/image_convert.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("neurons/features");
constexpr std::size_t kTogether = 16;  // made in one batch
constexpr std::size_t kLookedUp = 48;  // read from disk at a time
constexpr int kKeptKiB = 192 * 1024;   // in memory
constexpr std::int64_t kSteps = 256;   // half the published number: the second half changes little
constexpr double kFarEnough = 0.5;     // a batch that has come so far is not given up for newer wishes

}  // namespace

/// What a batch has found so far, on its way from the background thread.
struct UnitPortraits::Interim {
  std::mutex mutex;
  std::map<std::size_t, QImage> forming, finished;
  double fraction = 0.0;
  bool posted = false;
  int round = 0;
  QPointer<UnitPortraits> receiver;
};

QString FeatureWish::key() const {
  return QStringLiteral("%1\n%2\n%3\n%4").arg(layer).arg(unit).arg(int(look)).arg(number);
}

FeatureQuestion featureQuestion(const std::vector<FeatureWish>& wishes) {
  FeatureQuestion question;
  question.parameters.set(featureMethod(question.method), "steps", kSteps);
  for (const FeatureWish& wish : wishes) {
    FeatureGoal goal;
    goal.layer = wish.layer.toStdString();
    goal.unit = wish.unit;
    goal.negative = wish.look == FeatureWish::Look::Negative;
    if (wish.look == FeatureWish::Look::Diverse) goal.group = 0;
    question.goals.push_back(std::move(goal));
  }
  return question;
}

UnitPortraits::UnitPortraits(const Context& context, QObject* parent)
    : QObject(parent),
      context_(context),
      cache_(std::make_shared<FeatureCache>(cacheFolder(context.settings, QStringLiteral("features")).toStdString())),
      pictures_(kKeptKiB) {
  // While somebody scrolls, the wishes change all the time.
  startSoon_.setSingleShot(true);
  startSoon_.setInterval(120);
  connect(&startSoon_, &QTimer::timeout, this, &UnitPortraits::proceed);
  connect(&context_.document, &Document::modelChanged, this, &UnitPortraits::forget);
  connect(&context_.document, &Document::cardChanged, this, &UnitPortraits::forget);
  connect(&context_.engine, &EngineBridge::allCancelled, this, [this] {
    lists_.clear();
    startSoon_.stop();
    Q_EMIT stateChanged();
  });
}

void UnitPortraits::forget() {
  ++round_;
  running_ = {};
  looking_ = fingerprinting_ = false;
  fingerprint_.clear();
  lists_.clear();
  pictures_.clear();
  notOnDisk_.clear();
  failures_.clear();
  startSoon_.stop();
  context_.engine.cancelPane(kPane);
  Q_EMIT stateChanged();
}

void UnitPortraits::want(const QString& who, std::vector<FeatureWish> wishes, int rank) {
  const auto same = std::find_if(lists_.begin(), lists_.end(), [&](const List& list) { return list.who == who; });
  if (same != lists_.end()) {
    if (same->wishes == wishes) return;
    lists_.erase(same);
  }
  if (!wishes.empty())
    lists_.insert(std::find_if(lists_.begin(), lists_.end(), [rank](const List& list) { return list.rank >= rank; }),
                  List{who, rank, std::move(wishes)});
  startSoon_.start();
  Q_EMIT stateChanged();
}

QImage UnitPortraits::picture(const FeatureWish& wish) const {
  const QString key = wish.key();
  if (const QImage* image = pictures_.object(key)) return *image;
  return running_.pictures.value(key);
}

double UnitPortraits::forming(const FeatureWish& wish) const {
  if (running_.round == 0 || std::find(running_.wishes.begin(), running_.wishes.end(), wish) == running_.wishes.end() ||
      pictures_.contains(wish.key()))
    return -1;
  return running_.fraction;
}

int UnitPortraits::waiting() const {
  QSet<QString> keys;
  for (const List& list : lists_)
    for (const FeatureWish& wish : list.wishes) {
      const QString key = wish.key();
      if (!pictures_.contains(key) && !failures_.contains(wish.layer)) keys.insert(key);
    }
  return int(keys.size());
}

bool UnitPortraits::wanted(const FeatureWish& wish) const {
  return std::any_of(lists_.begin(), lists_.end(), [&](const List& list) {
    return std::find(list.wishes.begin(), list.wishes.end(), wish) != list.wishes.end();
  });
}

void UnitPortraits::proceed() {
  if (!context_.document.hasModel() || lists_.empty()) {
    if (running_.round != 0) context_.engine.cancelPane(kPane);
    return;
  }
  if (fingerprint_.empty()) return askFingerprint();
  // Of the first list that lacks something: what is looked at now does not wait for what is looked at besides.
  std::vector<FeatureWish> unknown, missing;
  bool firstRuns = false;
  for (const List& list : lists_) {
    const bool first = &list == &lists_.front(), open = missing.empty();
    for (const FeatureWish& wish : list.wishes) {
      const QString key = wish.key();
      if (pictures_.contains(key) || failures_.contains(wish.layer)) continue;
      if (!notOnDisk_.contains(key)) {
        unknown.push_back(wish);
      } else if (forming(wish) >= 0) {
        firstRuns |= first;
      } else if (open) {
        missing.push_back(wish);
      }
    }
  }
  if (!unknown.empty() && !looking_) {
    if (unknown.size() > kLookedUp) unknown.resize(kLookedUp);
    lookUp(std::move(unknown));
  }
  if (running_.round != 0) {
    const auto still = std::count_if(running_.wishes.begin(), running_.wishes.end(),
                                     [this](const FeatureWish& wish) { return wanted(wish); });
    const bool unwanted = 3 * std::size_t(still) < running_.wishes.size();
    const bool firstWaits = !missing.empty() && [&] {
      const auto& wishes = lists_.front().wishes;
      return std::find(wishes.begin(), wishes.end(), missing.front()) != wishes.end();
    }();
    const bool overtaken = firstWaits && !firstRuns && running_.fraction < kFarEnough;
    if (unwanted || overtaken) context_.engine.cancelPane(kPane);
    return;
  }
  if (!missing.empty()) start(batchFor(missing));
}

// Of one layer and one kind; the diverse pictures of a unit push one another apart, and so go together.
std::vector<FeatureWish> UnitPortraits::batchFor(const std::vector<FeatureWish>& missing) const {
  const FeatureWish& first = missing.front();
  std::vector<FeatureWish> batch;
  if (first.look == FeatureWish::Look::Diverse) {
    for (int i = 0; i < FeatureWish::kDiverse; ++i) batch.push_back({first.layer, first.unit, first.look, i});
    return batch;
  }
  for (const FeatureWish& wish : missing) {
    if (wish.layer != first.layer || wish.look == FeatureWish::Look::Diverse) continue;
    if (std::find(batch.begin(), batch.end(), wish) == batch.end()) batch.push_back(wish);
    if (batch.size() == kTogether) break;
  }
  return batch;
}

void UnitPortraits::askFingerprint() {
  if (fingerprinting_) return;
  fingerprinting_ = true;
  runAside<std::string>(
      this, [model = context_.document.model()] { return modelFingerprint(*model); },
      [this, round = round_](const std::string& fingerprint) {
        if (round != round_) return;
        fingerprinting_ = false;
        fingerprint_ = fingerprint;
        proceed();
      });
}

void UnitPortraits::lookUp(std::vector<FeatureWish> wishes) {
  looking_ = true;
  runAside<Found>(
      this,
      [wishes, cache = cache_, fingerprint = fingerprint_] {
        Found found;
        for (const FeatureWish& wish : wishes) {
          std::vector<FeatureWish> group{wish};
          std::size_t index = 0;
          if (wish.look == FeatureWish::Look::Diverse) {
            group.clear();
            for (int i = 0; i < FeatureWish::kDiverse; ++i) group.push_back({wish.layer, wish.unit, wish.look, i});
            index = std::size_t(wish.number);
          }
          const auto kept = cache->find(featureKey(fingerprint, featureQuestion(group), index));
          found.emplace_back(wish, kept ? toQImage(kept->picture) : QImage());
        }
        return found;
      },
      [this, round = round_](const Found& found) {
        if (round != round_) return;
        looking_ = false;
        for (const auto& [wish, image] : found) {
          if (image.isNull()) {
            notOnDisk_.insert(wish.key());
          } else {
            keep(wish, image);
          }
        }
        proceed();
        Q_EMIT stateChanged();
      });
}

void UnitPortraits::keep(const FeatureWish& wish, const QImage& image) {
  pictures_.insert(wish.key(), new QImage(image), int(std::max<qsizetype>(1, image.sizeInBytes() / 1024)));
  Q_EMIT changed(wish);
}

void UnitPortraits::start(std::vector<FeatureWish> wishes) {
  running_ = {++round_, wishes, {}, 0.0};
  auto interim = std::make_shared<Interim>();
  interim->round = round_;
  interim->receiver = this;
  // The pane may be gone by then; that is only certain on its own thread.
  const auto tell = [interim] {
    if (std::exchange(interim->posted, true)) return;
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [interim] {
          if (interim->receiver) interim->receiver->show(*interim);
        },
        Qt::QueuedConnection);
  };
  FeatureQuestion question = featureQuestion(wishes);
  question.preview = [interim, tell](std::size_t first, const std::vector<Image>& pictures) {
    const std::lock_guard lock(interim->mutex);
    for (std::size_t i = 0; i < pictures.size(); ++i) interim->forming[first + i] = toQImage(pictures[i]);
    tell();
  };
  question.finished = [interim, tell](std::size_t index, const FeaturePicture& picture) {
    const std::lock_guard lock(interim->mutex);
    interim->finished[index] = toQImage(picture.picture);
    tell();
  };
  const BackgroundModel model{context_.document.model(), context_.document.card(), context_.settings.compute()};
  context_.engine.askInBackground<bool>(
      tr("Feature visualization of %1").arg(wishes.front().layer), kPane, model,
      [interim, question, cache = cache_, fingerprint = fingerprint_](Model& copy, const Progress& progress,
                                                                      const CancelToken& cancel) {
        const Progress both([&](double fraction, const std::string& what) {
          {
            const std::lock_guard lock(interim->mutex);
            interim->fraction = fraction;
          }
          progress.report(fraction, what);
        });
        visualiseCached(copy, fingerprint, *cache, question, both, cancel);
        return true;
      },
      this,
      [this, interim, round = round_](bool) {
        if (round != running_.round) return;
        show(*interim);
        running_ = {};
        proceed();
        Q_EMIT stateChanged();
      },
      [this, interim, round = round_](const Problem& problem) {
        if (round != running_.round) return;
        show(*interim);
        const Batch was = std::exchange(running_, {});
        // What keeps one unit from being shown (no gradient, an input of a fixed size) keeps the others too.
        if (!problem.cancelled && !was.wishes.empty()) failures_.insert(was.wishes.front().layer, problem.reason);
        for (const FeatureWish& wish : was.wishes) Q_EMIT changed(wish);
        startSoon_.start();
        Q_EMIT stateChanged();
      });
  Q_EMIT stateChanged();
}

void UnitPortraits::show(Interim& interim) {
  std::map<std::size_t, QImage> forming, finished;
  double fraction = 0.0;
  {
    const std::lock_guard lock(interim.mutex);
    forming.swap(interim.forming);
    finished.swap(interim.finished);
    fraction = interim.fraction;
    interim.posted = false;
  }
  if (interim.round != running_.round) return;
  running_.fraction = fraction;
  for (const auto& [index, image] : forming)
    if (index < running_.wishes.size()) running_.pictures.insert(running_.wishes[index].key(), image);
  for (const auto& [index, image] : finished)
    if (index < running_.wishes.size()) keep(running_.wishes[index], image);
  const std::vector<FeatureWish> wishes = running_.wishes;
  for (const FeatureWish& wish : wishes) Q_EMIT changed(wish);
  Q_EMIT stateChanged();
}

}  // namespace unitscope
