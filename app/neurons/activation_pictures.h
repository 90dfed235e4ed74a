#pragma once

#include <memory>
#include <vector>

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>

#include "app/context.h"
#include "app/document.h"
#include "app/neurons/unit_maps.h"

namespace unitscope {

/// Where each unit of a layer fires on one picture: its activation over the picture, painted for the units that are
/// wanted.
class ActivationPictures : public QObject {
  Q_OBJECT
 public:
  /// `pane` names its questions to the engine.
  ActivationPictures(const Context& context, const QString& pane, QObject* parent = nullptr);

  /// What is asked for now; an empty layer or no picture for nothing. Asks only where something differs.
  void look(const QString& layer, ImageId image);
  /// Weights, card or network have changed.
  void forget();
  /// Tiles are painted in this order; those that are not listed are left.
  void want(const std::vector<int>& units);

  /// Null until it is known.
  const UnitMaps* maps() const { return maps_.get(); }
  std::shared_ptr<const Image> seen() const { return seen_; }
  /// Null until it is painted.
  QImage picture(int unit) const;
  bool asking() const { return asking_; }
  QString layer() const { return layer_; }

 Q_SIGNALS:
  void known();  ///< maps() has come or gone
  void painted(int unit);

 private:
  void ask();
  void paint();

  Context context_;
  QString pane_;
  QString layer_;
  ImageId image_ = 0;
  std::shared_ptr<const UnitMaps> maps_;
  std::shared_ptr<const Image> seen_;
  bool asking_ = false, painting_ = false;
  int round_ = 0;
  std::vector<int> wanted_;
  mutable QCache<int, QImage> pictures_;
};

/// A unit's map over the picture as the network saw it, strongest where the unit fires most; a single colour where it
/// has no places.
QImage paintUnit(const UnitMaps& maps, int unit, const Image& seen);

}  // namespace unitscope
