#pragma once

#include <QObject>
#include <QTimer>

namespace unitscope {

class GeneratorStage;

/// Tells when the picture on stage has come and nothing has changed for a while: the time for what may wait
/// (thumbnails, maps of units), so that it never stands in the picture's way.
class StageQuiet : public QObject {
  Q_OBJECT
 public:
  StageQuiet(const GeneratorStage& stage, int milliseconds, QObject* parent = nullptr);
  bool quiet() const { return quiet_; }

 Q_SIGNALS:
  void settled();
  void disturbed();  ///< once until the next settled()

 private:
  void look();
  const GeneratorStage& stage_;
  QTimer timer_;
  bool quiet_ = false;
};

}  // namespace unitscope
