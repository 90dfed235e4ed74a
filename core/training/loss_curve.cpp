#include "training/loss_curve.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {

void LossCurve::add(std::int64_t step, std::vector<double> values) {
  if (values.size() != columns_.size()) throw Error("loss curve", "a row needs one number for each column");
  rows_.push_back({step, std::move(values)});
}

void LossCurve::cutAfter(std::int64_t step) {
  std::erase_if(rows_, [step](const Row& row) { return row.step > step; });
}

void LossCurve::writeCsv(const std::filesystem::path& file) const {
  std::ostringstream text;
  text.precision(6);
  text << "step";
  for (const std::string& column : columns_) text << ',' << column;
  text << '\n';
  for (const Row& row : rows_) {
    text << row.step;
    for (const double value : row.values) {
      text << ',';
      if (std::isfinite(value)) text << value;
    }
    text << '\n';
  }
  writeFileAtomically(file, text.str());
}

void LossCurve::readCsv(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw Error(file.string(), "cannot be read");
  std::string line, wanted = "step";
  for (const std::string& column : columns_) wanted += "," + column;
  std::getline(in, line);
  if (line != wanted)
    throw Error(file.string(), "is a curve of something else: its first line is not '" + wanted + "'");
  std::vector<Row> rows;
  for (int number = 2; std::getline(in, line); ++number) {
    std::istringstream fields(line + ",");
    std::string field;
    std::vector<double> numbers;
    while (std::getline(fields, field, ',')) {
      std::size_t used = 0;
      double value = std::numeric_limits<double>::quiet_NaN();
      if (!field.empty()) {
        try {
          value = std::stod(field, &used);
        } catch (const std::exception&) {
          used = 0;
        }
        if (used != field.size())
          throw Error(file.string(), "line " + std::to_string(number) + ": '" + field + "' is no number");
      }
      numbers.push_back(value);
    }
    if (numbers.size() != columns_.size() + 1 || !(std::abs(numbers.front()) < 1e15))
      throw Error(file.string(), "line " + std::to_string(number) + " does not fit the columns");
    rows.push_back({static_cast<std::int64_t>(numbers.front()), {numbers.begin() + 1, numbers.end()}});
  }
  rows_ = std::move(rows);
}

}  // namespace unitscope
