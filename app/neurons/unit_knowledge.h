#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <QHash>
#include <QObject>
#include <QSet>
#include <QString>

#include "app/context.h"
#include "app/engine_bridge.h"
#include "app/neurons/unit_order.h"
#include "dissection/dissect.h"
#include "examples/example_store.h"

namespace unitscope {

/// A file of examples that several threads read in turn.
struct SharedExamples {
  explicit SharedExamples(ExampleStore opened) : store(std::move(opened)) {}
  std::mutex mutex;
  ExampleStore store;
};
using ExamplesPtr = std::shared_ptr<SharedExamples>;

/// Where findings of a kind ("examples", "dissections") about a network with some pictures are kept.
QString knowledgeFile(AppSettings& settings, const QString& kind, const QString& modelHash, const QString& data,
                      const QString& suffix);

/// What a data set has told of the units of the open network: its examples and its dissection. Both are found in the
/// user's cache folder when the network was looked at before, and made in the background when it was not.
class UnitKnowledge : public QObject {
  Q_OBJECT
 public:
  explicit UnitKnowledge(const Context& context, QObject* parent = nullptr);

  /// Which pictures it is all about; looks for what there is of them. `file` of examples beats the pictures.
  void setData(const QString& data, int pictures, const QString& file);
  /// Reads what is known of a layer's units, unless that was done.
  void look(const QString& layer);
  /// Looks whether another workspace has dissected the network since, where there is no dissection.
  void lookForDissection();

  void collect(const QStringList& layers);
  void dissect(const QStringList& layers);
  void stop();
  bool collecting() const { return collecting_; }
  bool dissecting() const { return dissecting_; }
  /// Whether what is on disk is still being looked for.
  bool searching() const { return hashing_ || opening_; }

  const ExamplesPtr& examples() const { return examples_; }
  const std::shared_ptr<const Dissection>& dissection() const { return dissection_; }
  /// Index into the examples' layers; -1 where the layer is not among them.
  int exampleLayer(const QString& layer) const;
  /// Null until it was looked at.
  const LayerStatistics* statistics(const QString& layer) const;
  const LayerDissection* dissected(const QString& layer) const;
  /// Sets what is known; activations are left as they are.
  void fill(const QString& layer, std::vector<UnitFacts>& facts) const;
  /// "roof", or nothing.
  QString conceptName(const QString& layer, int unit) const;

 Q_SIGNALS:
  void changed();      ///< something more is known, or nothing any more
  void busyChanged();  ///< collecting() or dissecting()

 private:
  struct Opened {
    ExamplesPtr examples;
    QString problem;
  };
  void forget();
  void askHash();
  void find();
  void openExamples(const QString& file, bool tells);
  void openDissection(const QString& file);
  QString fileFor(const QString& kind, const QString& suffix) const;
  QString nameIn(const LayerDissection& layer, int unit) const;
  std::string valueName(const QString& layer) const;
  BackgroundModel background() const;

  Context context_;
  QString data_ = QStringLiteral("scenes");
  int pictures_ = 1000;
  QString ownFile_;
  QString hash_;  // of the network; empty until known
  bool hashing_ = false, opening_ = false, collecting_ = false, dissecting_ = false;
  int round_ = 0;
  ExamplesPtr examples_;
  std::shared_ptr<const Dissection> dissection_;
  std::map<QString, LayerStatistics> statistics_;
  QSet<QString> asked_;
};

}  // namespace unitscope
