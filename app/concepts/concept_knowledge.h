#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/engine_bridge.h"
#include "dissection/dissect.h"
#include "dissection/net2vec.h"

namespace unitscope {

using DissectionPtr = std::shared_ptr<const Dissection>;
using Net2VecPtr = std::shared_ptr<const Net2Vec>;

/// What is known about the concepts in a network: its dissection, a second one to compare with, and concept vectors.
/// Made in the background, or read from files on another thread. A dissection of all layers is kept in the user's cache
/// folder, where the neurons workspace has its own from.
class ConceptKnowledge : public QObject {
  Q_OBJECT
 public:
  explicit ConceptKnowledge(const Context& context, QObject* parent = nullptr);

  const DissectionPtr& dissection() const { return dissection_; }
  /// To compare with: of another network, or of the same one with other data. Stays when the network is closed.
  const DissectionPtr& other() const { return other_; }
  const Net2VecPtr& vectors() const { return vectors_; }
  bool dissecting() const { return dissecting_; }
  bool learning() const { return learning_; }
  /// Whether a file is still being read.
  bool reading() const { return reading_ > 0; }

  /// Reads what the program found before with these pictures, unless there is a dissection.
  void look(const QString& data);
  /// `segmenter`: a file or the name of a built-in network that says what the pixels show; empty: the data does.
  void dissect(const DissectQuestion& question, const QString& segmenter = {});
  void learn(const Net2VecQuestion& question, const QString& segmenter = {});
  void stop();
  void setIouThreshold(double iou);

  void openDissection(const QString& file);
  void openOther(const QString& file);
  void openVectors(const QString& file);
  /// The dissection becomes the one to compare with, whatever comes in its place.
  void keepAsOther();
  void dropOther();

 Q_SIGNALS:
  void dissectionChanged();  ///< or the one to compare with
  void vectorsChanged();
  void busyChanged();

 private:
  void forget();
  void askHash();
  template <class T>
  void read(const QString& file, bool tells, std::function<T(const std::string&)> load,
            std::function<void(std::shared_ptr<const T>)> done);
  BackgroundModel background() const;
  QString cacheFile(const QString& data) const;

  Context context_;
  QString hash_;    // of the network; empty until known
  QString wanted_;  // pictures to look for once the hash is known
  int round_ = 0, reading_ = 0;
  bool dissecting_ = false, learning_ = false;
  DissectionPtr dissection_, other_;
  Net2VecPtr vectors_;
};

}  // namespace unitscope
