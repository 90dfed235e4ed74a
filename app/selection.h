#pragma once

#include <vector>

#include <QObject>
#include <QPoint>
#include <QString>

namespace unitscope {

using ImageId = int;  ///< of Document's pictures; 0 is none

/// What the user looks at. Every field may be empty: the others stay as they are.
struct Focus {
  QString layer;            ///< name; empty means none
  int unit = -1;            ///< channel of the layer
  ImageId image = 0;        ///< current picture
  int target = -1;          ///< class to explain; -1 means the network's own first choice
  QPoint place = {-1, -1};  ///< column, row in the layer's map
  bool operator==(const Focus&) const = default;
};

/// The selection that all panes share, with a history like a browser's. Panes change it and listen to it.
class Selection : public QObject {
  Q_OBJECT
 public:
  explicit Selection(QObject* parent = nullptr) : QObject(parent) {}

  const Focus& focus() const { return history_[at_]; }
  /// Becomes the focus and a new step of the history, unless it is the focus already.
  void set(const Focus& focus);
  void setLayer(const QString& layer);
  void setUnit(const QString& layer, int unit);
  void setImage(ImageId image);
  void setTarget(int target);
  void setPlace(QPoint place);

  bool canGoBack() const { return at_ > 0; }
  bool canGoForward() const { return at_ + 1 < history_.size(); }
  void back();
  void forward();
  /// Forgets the history; for a newly opened model or session.
  void reset(const Focus& focus = {});

 Q_SIGNALS:
  void changed(const unitscope::Focus& now, const unitscope::Focus& before);
  void historyChanged();

 private:
  void moveTo(std::size_t index);
  std::vector<Focus> history_{Focus{}};
  std::size_t at_ = 0;
};

}  // namespace unitscope
