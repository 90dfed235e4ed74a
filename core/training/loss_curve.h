#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace unitscope {

/// What training measured on its way: one row of numbers for each time that it was looked at.
class LossCurve {
 public:
  explicit LossCurve(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  struct Row {
    std::int64_t step = 0;
    std::vector<double> values;  ///< one a column; NaN where it was not measured this time
  };
  /// Throws Error when the number of values is not that of the columns.
  void add(std::int64_t step, std::vector<double> values);
  const std::vector<std::string>& columns() const noexcept { return columns_; }
  const std::vector<Row>& rows() const noexcept { return rows_; }
  /// Forgets what lies after this step: training goes on from a checkpoint before it.
  void cutAfter(std::int64_t step);

  /// "step,loss,..." with a line for each row, an empty field for NaN.
  void writeCsv(const std::filesystem::path& file) const;
  /// Rows of such a file with the same columns. Throws Error naming the file and line.
  void readCsv(const std::filesystem::path& file);
  /// Steps along x; a panel for each column, and one for all whose names agree up to a colon ("distance: real").
  /// Throws Error when this build cannot draw (no OpenCV).
  void writePng(const std::string& title, const std::filesystem::path& file) const;

 private:
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
};

}  // namespace unitscope
