#pragma once

#include <vector>

#include <QJsonObject>
#include <QObject>
#include <QString>

#include "app/context.h"
#include "engine/model.h"
#include "gan/attributes.h"

namespace unitscope {

/// "tree area", "boat, as the classifier says", "brightness of the top third": translated.
QString titleOf(const PictureAttribute& attribute);
/// The same below groupOf(): "tree".
QString shortTitleOf(const PictureAttribute& attribute);
/// Under which it stands in lists: translated.
QString groupOf(const PictureAttribute& attribute);

/// Where the networks that judge pictures lie; empty: the built-in ones.
struct AttributeFiles {
  QString classifier, segmenter;
  bool operator==(const AttributeFiles&) const = default;
};
/// Opens them. Not on the GUI thread. Throws Error, Cancelled.
AttributeModels openAttributeModels(const AttributeFiles& files, const ComputeSettings& settings,
                                    const CancelToken& cancel);

/// Which attributes of pictures are of interest, shared by the tools that train boundaries and those that measure.
class AttributeChoice : public QObject {
  Q_OBJECT
 public:
  AttributeChoice(const Context& context, QObject* parent = nullptr);

  /// Asks what there is unless that is known; known() or reason() come with changed().
  void fetch();
  bool fetching() const { return fetching_; }
  const std::vector<PictureAttribute>& known() const { return known_; }
  const QString& reason() const { return reason_; }

  const std::vector<PictureAttribute>& chosen() const { return chosen_; }
  /// Those that other directions are to leave alone.
  const std::vector<PictureAttribute>& constant() const { return constant_; }
  bool isChosen(const PictureAttribute& attribute) const;
  bool isConstant(const PictureAttribute& attribute) const;
  void setChosen(const PictureAttribute& attribute, bool on);
  void setConstant(const PictureAttribute& attribute, bool on);

  const AttributeFiles& files() const { return files_; }
  /// What was chosen is kept where the new networks know it.
  void setFiles(const AttributeFiles& files);

  QJsonObject saveState() const;
  void restoreState(const QJsonObject& state);

 Q_SIGNALS:
  void changed();

 private:
  Context context_;
  AttributeFiles files_;
  bool fetching_ = false, fetched_ = false;
  int round_ = 0;
  QString reason_;
  std::vector<PictureAttribute> known_, chosen_, constant_;
};

}  // namespace unitscope
