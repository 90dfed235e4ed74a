#pragma once

#include <QDialog>

#include "app/weights/tensor_table_model.h"
#include "graph/kernel_tiles.h"
#include "graph/tensor_statistics.h"
#include "runtime/progress.h"

class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace unitscope {

class HistogramView;

/// A file of weights without a network that is known: its tensors, and of the chosen one the numbers, a histogram and,
/// where it holds a convolution's kernels, these as pictures. Does not block the window.
class WeightsDialog : public QDialog {
  Q_OBJECT
 public:
  /// `why` says why there is no network.
  WeightsDialog(const QString& file, TensorList tensors, const QString& why, QWidget* parent = nullptr);
  ~WeightsDialog() override;

  QTableView& table() { return *table_; }
  HistogramView& histogram() { return *histogram_; }
  QLabel& numbers() { return *numbers_; }
  QLabel& kernels() { return *kernels_; }

 private:
  struct Facts {
    TensorStatistics statistics;
    KernelTiles kernels;
  };

  QWidget* makeTable(const TensorList& tensors);
  QWidget* makeFacts();
  void choose(const QModelIndex& index);
  void showFacts(const Facts& facts);

  TensorList tensors_;
  CancelToken cancel_;
  QTableView* table_ = nullptr;
  QSortFilterProxyModel* sorted_ = nullptr;
  QLabel *numbers_ = nullptr, *kernelsTitle_ = nullptr, *kernels_ = nullptr;
  HistogramView* histogram_ = nullptr;
};

}  // namespace unitscope
