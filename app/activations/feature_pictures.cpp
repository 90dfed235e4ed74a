#include "app/activations/feature_pictures.h"

#include <utility>

#include <QPointer>

#include "app/cache_folder.h"
#include "app/image_convert.h"
#include "features/feature_cache.h"
#include "features/visualise.h"

namespace unitscope {

namespace {

FeatureQuestion questionFor(const std::vector<FeatureGoal>& goals, int steps) {
  FeatureQuestion question;
  question.goals = goals;
  const MethodInfo& method = featureMethod(question.method);
  question.parameters.set(method, "steps", ParameterValue(std::int64_t(steps)));
  return question;
}

}  // namespace

FeaturePictures::FeaturePictures(const Context& context, const QString& pane, QObject* parent)
    : QObject(parent),
      engine_(context.engine),
      pane_(pane),
      folder_(cacheFolder(context.settings, QStringLiteral("features")).toStdString()) {}

void FeaturePictures::ask(const QString& title, const BackgroundModel& model, const std::vector<FeatureGoal>& goals,
                          int steps) {
  auto mail = std::make_shared<Mail>();
  mail_ = mail;
  running_ = true;
  const auto post = [guard = QPointer<FeaturePictures>(this), mail](int goal, const Image& picture, bool finished) {
    const std::lock_guard lock(mail->mutex);
    mail->pictures[goal] = {toQImage(picture), finished};
    if (std::exchange(mail->posted, true)) return;
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [guard, mail] {
          if (guard) guard->deliver(mail);
        },
        Qt::QueuedConnection);
  };
  engine_.askInBackground<bool>(
      title, pane_, model,
      [goals, steps, post, folder = folder_](Model& network, const Progress& progress, const CancelToken& cancel) {
        FeatureQuestion question = questionFor(goals, steps);
        question.preview = [&post](std::size_t first, const std::vector<Image>& pictures) {
          for (std::size_t i = 0; i < pictures.size(); ++i) post(int(first + i), pictures[i], false);
        };
        question.finished = [&post](std::size_t index, const FeaturePicture& picture) {
          post(int(index), picture.picture, true);
        };
        FeatureCache cache{folder};
        const std::vector<FeaturePicture> all =
            visualiseCached(network, modelFingerprint(network), cache, question, progress, cancel);
        for (std::size_t i = 0; i < all.size(); ++i) post(int(i), all[i].picture, true);
        return true;
      },
      this,
      [this, mail](bool) {
        if (mail != mail_) return;
        deliver(mail);
        running_ = false;
        Q_EMIT busyChanged();
      },
      [this, mail](const Problem&) {
        if (mail != mail_) return;
        running_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void FeaturePictures::stop() {
  mail_.reset();
  engine_.cancelPane(pane_);
  if (!std::exchange(running_, false)) return;
  Q_EMIT busyChanged();
}

void FeaturePictures::deliver(const std::shared_ptr<Mail>& mail) {
  std::map<int, std::pair<QImage, bool>> pictures;
  {
    const std::lock_guard lock(mail->mutex);
    pictures.swap(mail->pictures);
    mail->posted = false;
  }
  if (mail != mail_) return;
  for (const auto& [goal, picture] : pictures) Q_EMIT changed(goal, picture.first, picture.second);
}

}  // namespace unitscope
