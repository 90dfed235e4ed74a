#pragma once

#include <memory>

#include <QHash>
#include <QObject>
#include <QStringList>
#include <QVector>

#include "app/engine_bridge.h"
#include "judging/judge.h"

namespace unitscope {

/// What the heatmaps are about, and where the object is.
struct JudgeSubject {
  BackgroundModel model;
  ImagePtr picture;
  int target = -1;
  int points = 64;  ///< of a curve, about
  bool absolute = false;
  std::shared_ptr<const Array> mask;  ///< [H,W]; null where nobody knows
};

/// A method as it is set.
struct JudgedMethod {
  QString id, title, layer;
  ParameterValues parameters;
  bool operator==(const JudgedMethod& other) const {
    return id == other.id && layer == other.layer && parameters.all() == other.parameters.all();
  }
};

/// What was found out about one method's heatmap so far.
struct JudgedHeat {
  JudgedMethod method;
  std::shared_ptr<const Array> map;
  double seconds = 0.0;  ///< for the map
  QHash<QString, MetricResult> results;
  QString problem;  ///< why there is no more
};

/// Judges the heatmaps of several methods on one picture, one after the other, on a copy of the network in the
/// background. What is known already is not asked again: another mask costs only the metrics that look at it.
class PictureJudge : public QObject {
  Q_OBJECT
 public:
  explicit PictureJudge(EngineBridge& engine, QObject* parent = nullptr);

  /// Forgets what does not hold for this any more.
  void setSubject(const JudgeSubject& subject);
  /// These, in this order, by these metrics; those that need a mask wait for one.
  void want(const QVector<JudgedMethod>& methods, const QStringList& metrics);
  /// What is known stays.
  void stop();
  /// Forgets everything.
  void clear();
  const JudgedHeat* heat(const QString& method) const;
  bool busy() const { return !running_.isEmpty(); }
  const QString& running() const { return running_; }  ///< id of the method that is judged now

 Q_SIGNALS:
  void changed();
  void busyChanged();
  void cancelled();  ///< by the user, from elsewhere: nothing more is asked

 private:
  void askNext();
  void finish();
  void giveUp();
  QStringList missing(const JudgedHeat& heat) const;

  EngineBridge& engine_;
  JudgeSubject subject_;
  QVector<JudgedMethod> wanted_;
  QStringList metrics_;
  std::vector<MetricInfo> infos_;
  QHash<QString, JudgedHeat> heats_;
  QString running_;
  int round_ = 0;  // answers of an earlier round are not wanted
};

}  // namespace unitscope
