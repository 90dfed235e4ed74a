#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

class QHBoxLayout;
class QToolButton;

namespace unitscope {

struct Crumb {
  QString id;
  QString text;
};

/// Where one is, from the outermost to the innermost, with back and forward buttons. A click on a step goes there. The
/// keys Alt+Left and Alt+Right, which the tooltips name, are for the window to bind.
class Breadcrumb : public QWidget {
  Q_OBJECT
 public:
  explicit Breadcrumb(QWidget* parent = nullptr);

  void setPath(const QVector<Crumb>& path);
  const QVector<Crumb>& path() const { return path_; }
  /// Greyed buttons say why in their tooltip.
  void setBackEnabled(bool enabled);
  void setForwardEnabled(bool enabled);

 Q_SIGNALS:
  void crumbActivated(const QString& id);
  void backRequested();
  void forwardRequested();

 private:
  QVector<Crumb> path_;
  QVector<QWidget*> parts_;
  QHBoxLayout* layout_;
  QToolButton* back_;
  QToolButton* forward_;
};

}  // namespace unitscope
