#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <QCache>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>
#include <QTimer>

#include "app/context.h"
#include "features/feature_cache.h"

namespace unitscope {

/// A picture by feature visualization that somebody would like to see.
struct FeatureWish {
  enum class Look { Positive, Negative, Diverse };
  static constexpr int kDiverse = 4;  ///< pictures of a diverse group

  QString layer;
  int unit = 0;
  Look look = Look::Positive;
  int number = 0;  ///< within the diverse group
  bool operator==(const FeatureWish&) const = default;
  QString key() const;
};

/// What units look for: pictures by feature visualization, made in the background many at once, shown as they form, and
/// kept on disk, from where they come at once the next time. Several parts of the window wish for pictures at the same
/// time; the newest wishes go first, and what nobody wishes for any more is not finished.
class UnitPortraits : public QObject {
  Q_OBJECT
 public:
  explicit UnitPortraits(const Context& context, QObject* parent = nullptr);

  /// All that `who` wishes for now, most wanted first; what it wished for before is forgotten. A lower rank goes first,
  /// among equals the newest.
  void want(const QString& who, std::vector<FeatureWish> wishes, int rank);
  /// The newest there is of it, final or not; null where there is nothing yet.
  QImage picture(const FeatureWish& wish) const;
  /// 0 to 1 while it forms, else -1.
  double forming(const FeatureWish& wish) const;
  /// Why there are none of this layer; empty where nothing is wrong.
  QString failure(const QString& layer) const { return failures_.value(layer); }
  /// Pictures that are wished for and not there yet.
  int waiting() const;
  bool busy() const { return running_.round != 0 || looking_ || fingerprinting_ || startSoon_.isActive(); }
  /// Another network or card.
  void forget();

 Q_SIGNALS:
  void changed(const unitscope::FeatureWish& wish);
  void stateChanged();  ///< waiting() or busy()

 private:
  struct Interim;
  /// What is being made.
  struct Batch {
    int round = 0;  ///< 0: nothing
    std::vector<FeatureWish> wishes;
    QHash<QString, QImage> pictures;
    double fraction = 0.0;
  };
  using Found = std::vector<std::pair<FeatureWish, QImage>>;

  void proceed();
  void askFingerprint();
  void lookUp(std::vector<FeatureWish> wishes);
  void start(std::vector<FeatureWish> wishes);
  void show(Interim& interim);
  void keep(const FeatureWish& wish, const QImage& image);
  bool wanted(const FeatureWish& wish) const;
  std::vector<FeatureWish> batchFor(const std::vector<FeatureWish>& missing) const;

  Context context_;
  std::shared_ptr<FeatureCache> cache_;
  std::string fingerprint_;
  bool fingerprinting_ = false, looking_ = false;
  struct List {
    QString who;
    int rank = 0;
    std::vector<FeatureWish> wishes;
  };
  std::deque<List> lists_;  // most wanted first
  QCache<QString, QImage> pictures_;
  QSet<QString> notOnDisk_;
  QHash<QString, QString> failures_;  // by layer
  Batch running_;
  int round_ = 0;
  QTimer startSoon_;
};

/// The question for pictures of one layer, all at once.
FeatureQuestion featureQuestion(const std::vector<FeatureWish>& wishes);

}  // namespace unitscope

Q_DECLARE_METATYPE(unitscope::FeatureWish)
