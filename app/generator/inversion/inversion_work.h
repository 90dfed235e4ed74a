#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/generator/inversion/inversion_state.h"
#include "gan/compare_inversions.h"
#include "gan/domain_check.h"

namespace unitscope {

class GeneratorStage;

using InversionPtr = std::shared_ptr<const InversionAnswer>;
using DomainReferencePtr = std::shared_ptr<const DomainReference>;
using InversionComparisonPtr = std::shared_ptr<const InversionComparison>;

/// An edit to try on inverted pictures, and what to count: the pixels that the built-in segmenter calls `target`.
struct EditToTry {
  EditProbe probe;
  QString target;
};

/// The long work of the inversion page, in the background: finding a latent, judging it, and comparing two ways.
class InversionWork : public QObject {
  Q_OBJECT
 public:
  InversionWork(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  bool running() const { return running_; }
  bool checking() const { return checking_; }
  bool comparing() const { return comparing_; }
  bool busy() const { return running_ || checking_ || comparing_ || asking_; }
  /// Whether the built-in encoder was made for this generator.
  bool hasEncoder() const { return hasEncoder_; }

  /// Asks whether there is an encoder, once for each generator.
  void look();
  /// Null pictures are none of its business: `question.picture` must be there.
  void run(const InversionRequest& request);
  /// Ends run(); what is best so far becomes the answer.
  void stop();
  /// Judges the answer; draws and inverts what it is compared with where that was not done before.
  void check(const InversionRequest& request);
  void compare(const InversionRequest& request, const std::vector<EditToTry>& edits);
  void stopChecking();
  void stopComparing();
  /// Drops what was found for another picture.
  void clear();

  const InversionPtr& answer() const { return answer_; }
  const std::optional<DomainFinding>& finding() const { return finding_; }
  const DomainReferencePtr& reference() const { return reference_; }
  const InversionComparisonPtr& comparison() const { return comparison_; }
  /// Of the newest work that failed; empty where none did.
  const QString& failure() const { return failure_; }

 Q_SIGNALS:
  void previewed(const unitscope::InversionPreview& preview);
  void answered();  ///< there is another answer, or none
  void checked();
  void compared();
  void busyChanged();
  void encoderKnown();

 private:
  struct Judged {
    DomainReferencePtr reference;
    DomainFinding finding;
  };
  void forget();
  void began(bool& flag);
  void ended(bool& flag);

  Context context_;
  GeneratorStage& stage_;
  int round_ = 0, picture_ = 0;  // grow with each generator, and with each picture
  bool running_ = false, checking_ = false, comparing_ = false, asking_ = false, asked_ = false, hasEncoder_ = false;
  CancelToken stop_;  // of run(): unlike the job's own it leaves an answer
  QString referenceOf_, failure_;
  InversionPtr answer_;
  DomainReferencePtr reference_;
  std::optional<DomainFinding> finding_;
  InversionComparisonPtr comparison_;
};

}  // namespace unitscope
