#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <QObject>

#include "app/context.h"
#include "app/generator/generator_scene.h"

namespace unitscope {

class GeneratorStage;

/// Two samples whose styles are mixed: some of the layers follow the second one. What comes of it goes on stage.
class StyleMix : public QObject {
  Q_OBJECT
 public:
  StyleMix(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  /// Why there is nothing to mix in this network; empty where there is.
  QString reason() const;
  const GeneratorScene& first() const { return first_; }
  const GeneratorScene& second() const { return second_; }
  void setFirst(const GeneratorScene& scene);
  void setSecond(const GeneratorScene& scene);
  void swap();
  /// Rows of w+ that follow the second sample.
  const std::vector<std::int64_t>& rows() const { return rows_; }
  void setRows(std::vector<std::int64_t> rows);
  /// How far they follow it, 0 to 1.
  double share() const { return share_; }
  void setShare(double share);
  void clear();

 Q_SIGNALS:
  void changed();

 private:
  void ask();
  void show();

  Context context_;
  GeneratorStage& stage_;
  GeneratorScene first_, second_;
  std::vector<std::int64_t> rows_;
  double share_ = 1.0;
  int round_ = 0;
  struct Styles {
    Array first, second;  // [1,L,D]
  };
  std::shared_ptr<const Styles> styles_;
};

}  // namespace unitscope
