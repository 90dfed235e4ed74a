#pragma once

#include <memory>
#include <optional>

#include <QHash>
#include <QList>
#include <QObject>
#include <QPair>
#include <QThreadPool>
#include <QVector>

#include "app/attribution/heat_picture.h"
#include "app/context.h"
#include "app/engine_bridge.h"

namespace unitscope {

/// The cells of the comparison: what was asked for which picture and method, how far it is, and its result. Asks the
/// engine, paints on a small pool, and tells of every change. An answer that is no longer wanted is never shown. The
/// engine is asked one question at a time, so that whatever else is asked (what a new picture shows, the preview of a
/// card) never waits for a whole comparison.
class AttributionResults : public QObject {
  Q_OBJECT
 public:
  using Id = QPair<ImageId, QString>;  ///< picture, method
  enum class State { Waiting, Running, Ready, Failed, Stopped };
  struct Cell {
    State state = State::Waiting;
    double fraction = -1.0;
    QString text;  ///< why it failed
    AttributionRequest request;
    QString question;  ///< tells requests apart
    bool isSigned = true;
    JobId job = 0;     ///< 0 unless the engine was asked
    int asking = 0;    ///< number of the newest time that it was asked; older answers are not wanted
    int painting = 0;  ///< number of the newest painting under way; 0 when none is
    std::shared_ptr<const AttributionResult> result;
    std::shared_ptr<const HeatPicture> heat;
    /// What a method that takes long has found so far, newer than the result; gone once the new result is there. Kept
    /// when the user stops it.
    std::shared_ptr<const AttributionResult> interim;
    std::shared_ptr<const HeatPicture> forming;  ///< its painting, a moment behind

    /// What is to be seen of it: the newest.
    const std::shared_ptr<const HeatPicture>& seen() const { return forming ? forming : heat; }
    const std::shared_ptr<const AttributionResult>& newest() const { return interim ? interim : result; }
  };

  explicit AttributionResults(const Context& context, QObject* parent = nullptr);
  ~AttributionResults() override;

  /// Lines the question up, unless it is this very one already. An older result stays until the new one is there.
  /// Nothing is asked before arrange().
  void want(const Id& id, const AttributionRequest& request, bool isSigned);
  /// Brings what waits into this order and goes on. A picture that the user looks at now does not wait for one that
  /// is computed but not looked at: that one is begun again later.
  void arrange(const QVector<Id>& order, ImageId current);
  /// Forgets it, with what is under way.
  void drop(const Id& id);
  void clear();
  /// By the user: the cell says so until it is asked again.
  void stop(const Id& id);
  void retry(const Id& id);
  const Cell* cell(const Id& id) const;
  QList<Id> ids() const { return cells_.keys(); }
  void setLook(const HeatLook& look);
  bool busy() const;

 Q_SIGNALS:
  void changed(int image, const QString& method);
  void busyChanged();

 private:
  void lineUp(const Id& id, bool first);
  void withdraw(const Id& id);
  void goOn();
  void ask(const Id& id);
  void stopWaiting();
  void paint(const Id& id);
  void show(const Id& id, Cell& cell, const std::shared_ptr<const AttributionResult>& painted,
            const std::shared_ptr<const HeatPicture>& heat, const QString& problem);
  void onJob(const JobStatus& status);
  void tell(const Id& id);
  static QString paneOf(const Id& id);

  Context context_;
  HeatLook look_;
  QHash<Id, Cell> cells_;
  QHash<JobId, Id> jobs_;
  QList<Id> waiting_;
  std::optional<Id> running_;
  int lastAsking_ = 0;
  int lastPainting_ = 0;
  bool wasBusy_ = false;
  QThreadPool painters_;
};

/// The values as one line of JSON: equal lines mean the same question.
QString questionText(const AttributionRequest& request);

}  // namespace unitscope
