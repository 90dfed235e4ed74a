#pragma once

#include <QString>
#include <QStringList>

#include "dissection/dissect.h"

namespace unitscope {

/// Small questions about a dissection that several pages ask. -1 and empty names stand for "not there".
int layerIndex(const Dissection& dissection, const QString& layer);
int conceptIndex(const Dissection& dissection, const QString& name);
/// The layer to begin with: the one whose units find most concepts, the last of several.
int richestLayer(const Dissection& dissection);
/// The layer of another dissection that stands for `layer`: of the same name, else its richest.
int counterpart(const Dissection& other, const QString& layer);
/// In the order in which the concepts name them.
QStringList categoriesOf(const Dissection& dissection);
/// "conv1 of SqueezeNet".
QString nameOf(const Dissection& dissection, int layer);

}  // namespace unitscope
