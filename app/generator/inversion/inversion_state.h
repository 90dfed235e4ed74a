#pragma once

#include <QJsonObject>
#include <QString>

#include "gan/inversion.h"

namespace unitscope {

/// What the inversion page's controls are set to.
struct InversionState {
  QString picture;  ///< its file; empty for pasted ones
  CropChoice crop;
  QString space;  ///< "z", "w", "w+"; empty: the network's own choice
  /// "encoder" (the built-in one), "mean", or the file of an encoder.
  QString start = QStringLiteral("encoder");
  int steps = 0;  ///< 0: as many as the start needs
  double pixels = InversionQuestion().pixelWeight;
  double features = InversionQuestion().perceptualWeight;
  double domain = InversionQuestion().domainWeight;
  /// Pictures that belong to the domain: "scenes", "samples" of the generator alone, a folder; empty: as fits it.
  QString known;
  QString view = QStringLiteral("result");

  QJsonObject toJson() const;
  static InversionState fromJson(const QJsonObject& json);
  /// Settings that decide what is found, without the picture: residuals compare only between equal ones.
  QString settings() const;
  bool operator==(const InversionState& other) const;
};

/// The question without its picture and its networks, and the encoder's file (empty: as the question says).
struct InversionRequest {
  InversionQuestion question;
  QString encoder;
  QString settings;  ///< InversionState::settings()
  QString known;
};
InversionRequest requestOf(const InversionState& state);

}  // namespace unitscope
