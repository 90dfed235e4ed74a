#include "app/generator/directions/labels_tool.h"

#include <algorithm>
#include <cmath>

#include <QFormLayout>
#include <QJsonArray>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/scene_pictures.h"
#include "app/generator/generator_stage.h"
#include "gan/attribute_boundaries.h"
#include "widgets/control_column.h"
#include "widgets/icons.h"
#include "widgets/theme.h"
#include "widgets/tile_grid.h"

namespace unitscope {
namespace {

const QString kPane = QStringLiteral("generator/directions/label-training");
constexpr int kPage = 24, kMostTiles = 2400, kSide = 160;
/// Apart from the seeds that people look at first.
constexpr quint64 kFirstSeed = 5000;

}  // namespace

LabelsTool::LabelsTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent)
    : DirectionTool(context, stage, list, parent),
      maker_(new ScenePictures(context, stage, QStringLiteral("generator/directions/label-pictures"),
                               tr("Samples to mark"), this)) {
  maker_->setSide(kSide);
  grid_ = new TileGrid;
  grid_->setTileSize(72);
  grid_->setAccessibleName(tr("Samples to mark"));
  grid_->setEmptyText(tr("Samples to mark appear here"));
  grid_->setToolTip(
      tr("A click, + or Enter marks what has it; a right click or - what has it not; 0 takes the mark back"));
  grid_->installEventFilter(this);
  layBeside(this, makeControls(), grid_, {220, 360});
  connect(maker_, &ScenePictures::made, this, [this](int tile, const QImage& picture) {
    pictures_.insert(tile, picture);
    marked_.remove(tile);
    grid_->refresh(tile);
  });
  connect(maker_, &ScenePictures::failed, this, [this](int, const QString& reason) {
    told_ = reason;
    show();
  });
  connect(maker_, &ScenePictures::busyChanged, this, &DirectionTool::busyChanged);
  connect(grid_, &TileGrid::activated, this, [this](int tile) {
    const int now = markOf(tile);
    mark(tile, now == 0 ? 1 : now == 1 ? -1 : 0);
  });
  connect(grid_, &TileGrid::menuRequested, this, [this](int tile) { mark(tile, -1); });
  // Marks are of the open network's samples; a session brings some before its generator is found.
  connect(&this->context().document, &Document::modelChanged, this, [this] { marks_.clear(); });
  connect(&stage, &GeneratorStage::generatorChanged, this, [this] {
    setCount(0);
    if (active_) setActive(true);
    show();
  });
  show();
}

QWidget* LabelsTool::makeControls() {
  auto* controls = new QWidget;
  auto* column = new QVBoxLayout(controls);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  auto* form = new QFormLayout;
  form->setSpacing(4);
  name_ = new QLineEdit;
  name_->setPlaceholderText(tr("what they have"));
  name_->setMaxLength(60);
  name_->setAccessibleName(tr("What the marked samples have"));
  name_->setToolTip(tr("The direction is called so"));
  form->addRow(tr("Name"), name_);
  column->addLayout(form);
  start_ = new QPushButton;
  more_ = new QPushButton(themedIcon(QStringLiteral("plus")), tr("More samples"));
  more_->setToolTip(tr("The more marks, the better the direction"));
  clear_ = new QPushButton(themedIcon(QStringLiteral("trash")), tr("Take all marks back"));
  column->addWidget(start_);
  column->addWidget(more_);
  column->addWidget(clear_);
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setAccessibleName(tr("Marks"));
  column->addWidget(summary_);
  column->addStretch(1);
  connect(name_, &QLineEdit::editingFinished, this, &DirectionTool::stateChanged);
  connect(more_, &QPushButton::clicked, this, [this] { setCount(count_ + kPage); });
  connect(clear_, &QPushButton::clicked, this, [this] {
    marks_.clear();
    marked_.clear();
    told_.clear();
    grid_->refreshAll();
    show();
    Q_EMIT stateChanged();
  });
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_)
      context().engine.cancelPane(kPane);
    else
      run();
  });
  return controls;
}

void LabelsTool::setActive(bool active) {
  active_ = active;
  if (active && stage().generator() && count_ == 0) setCount(countForMarks());
  maker_->setActive(active);
}

int LabelsTool::countForMarks() const {
  return marks_.empty() ? kPage : (marks_.rbegin()->first / kPage + 1) * kPage;
}

void LabelsTool::setCount(int count) {
  count_ = stage().generator() ? std::min(count, kMostTiles) : 0;
  if (count_ == 0) {
    pictures_.clear();
    marked_.clear();
    maker_->clear();
  }
  std::vector<ScenePictures::Wanted> wanted;
  for (int i = 0; i < count_; ++i)
    if (!pictures_.contains(i)) wanted.push_back({i, stage().seeded(kFirstSeed + quint64(i))});
  maker_->want(std::move(wanted));
  grid_->setTiles(count_, [this](int i) {
    Tile tile;
    tile.title = tr("Seed %1").arg(kFirstSeed + quint64(i));
    const int mark = markOf(i);
    tile.subtitle = mark > 0 ? tr("has it") : mark < 0 ? tr("has it not") : QString();
    tile.picture = shown(i);
    return tile;
  });
  show();
}

/// The picture with its mark.
const QImage& LabelsTool::shown(int tile) {
  static const QImage none;
  const auto picture = pictures_.constFind(tile);
  if (picture == pictures_.constEnd()) return none;
  const int mark = markOf(tile);
  if (mark == 0) return *picture;
  const auto known = marked_.constFind(tile);
  if (known != marked_.constEnd()) return *known;
  const ThemeColors& theme = themeColors(palette());
  const StatusColors& colors = mark > 0 ? theme.success : theme.error;
  QImage image = picture->scaled(kSide, kSide, Qt::KeepAspectRatio, Qt::SmoothTransformation)
                     .convertToFormat(QImage::Format_RGB32);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  constexpr int kFrame = 8, kBadge = 52;
  painter.setPen(QPen(colors.icon, 2 * kFrame));
  painter.drawRect(image.rect());
  const QRect badge(image.width() - kBadge - kFrame, kFrame, kBadge, kBadge);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colors.icon);
  painter.drawEllipse(badge);
  painter.setPen(QPen(colors.background, 7, Qt::SolidLine, Qt::RoundCap));
  const QPoint middle = badge.center();
  painter.drawLine(middle - QPoint(13, 0), middle + QPoint(13, 0));
  if (mark > 0) painter.drawLine(middle - QPoint(0, 13), middle + QPoint(0, 13));
  painter.end();
  return *marked_.insert(tile, image);
}

int LabelsTool::markOf(int tile) const {
  const auto found = marks_.find(tile);
  return found == marks_.end() ? 0 : found->second;
}

void LabelsTool::mark(int tile, int mark) {
  if (tile < 0 || tile >= count_ || markOf(tile) == mark) return;
  if (mark == 0)
    marks_.erase(tile);
  else
    marks_[tile] = mark;
  marked_.remove(tile);
  told_.clear();
  grid_->refresh(tile);
  show();
  Q_EMIT stateChanged();
}

std::pair<int, int> LabelsTool::counts() const {
  std::pair<int, int> counts{0, 0};
  for (const auto& [tile, mark] : marks_) ++(mark > 0 ? counts.first : counts.second);
  return counts;
}

void LabelsTool::show() {
  const auto [with, without] = counts();
  QString reason;
  if (!stage().generator())
    reason = tr("There is no generator");
  else if (!canFitBoundaries())
    reason = tr("This build has no LIBLINEAR, which trains boundaries");
  else if (with < kLeast || without < kLeast)
    reason = tr("Mark at least %1 samples that have it, and as many that have it not").arg(kLeast);
  start_->setText(running_ ? tr("Stop") : tr("Train a direction"));
  start_->setIcon(themedIcon(running_ ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*start_, running_ ? QString() : reason);
  setAvailable(*more_, !stage().generator()   ? tr("There is no generator")
                       : count_ >= kMostTiles ? tr("There are %1 samples already").arg(count_)
                                              : QString());
  setAvailable(*clear_, marks_.empty() ? tr("Nothing is marked") : QString());
  QString text = tr("%1 have it, %2 have it not.").arg(with).arg(without);
  if (!told_.isEmpty())
    text = told_;
  else if (!reason.isEmpty())
    text += QLatin1Char(' ') + reason + QLatin1Char('.');
  summary_->setText(text);
}

void LabelsTool::run() {
  HandLabelled labels;
  labels.name =
      name_->text().trimmed().isEmpty() ? tr("my labels").toStdString() : name_->text().trimmed().toStdString();
  for (const auto& [tile, mark] : marks_) {
    labels.seeds.push_back(kFirstSeed + quint64(tile));
    labels.positive.push_back(mark > 0);
  }
  BoundaryQuestion asked;
  asked.classes = stage().scene().sample.classes;
  if (stage().scene().sample.space == LatentSpace::Z) asked.truncation = stage().scene().sample.truncation;
  running_ = true;
  show();
  askInBackground<AttributeBoundary>(
      tr("Direction of hand labels"), kPane,
      [labels, asked](Generator& generator, const Progress&, const CancelToken& cancel) {
        return boundaryFromLabels(generator, labels, asked, cancel);
      },
      [this, name = labels.name](const AttributeBoundary& found) {
        running_ = false;
        const double right = std::isfinite(found.boundary.validationAccuracy) ? found.boundary.validationAccuracy
                                                                              : found.boundary.trainAccuracy;
        told_ = !found.failure.empty()
                    ? QString::fromStdString(found.failure)
                    : tr("Right on %1 % of your labels.").arg(QLocale().toString(100.0 * right, 'f', 0));
        if (found.failure.empty()) {
          LatentDirection direction = found.direction;
          direction.name = name;
          direction.source = "labels";
          const int first = list().add(tr("Train from hand labels"), {direction}, true);
          if (first < 0)
            told_ = tr("The list is full: it takes %1 directions").arg(DirectionList::kMost);
          else
            Q_EMIT directionWanted(first);
        }
        show();
        Q_EMIT busyChanged();
      },
      [this](const Problem& problem) {
        running_ = false;
        told_ = problem.cancelled ? tr("Stopped") : problem.reason;
        show();
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

bool LabelsTool::busy() const {
  return running_ || maker_->busy();
}

bool LabelsTool::eventFilter(QObject* watched, QEvent* event) {
  if (watched == grid_ && event->type() == QEvent::KeyPress && grid_->current() >= 0) {
    switch (static_cast<QKeyEvent*>(event)->key()) {
      case Qt::Key_Plus: mark(grid_->current(), 1); return true;
      case Qt::Key_Minus: mark(grid_->current(), -1); return true;
      case Qt::Key_0:
      case Qt::Key_Delete: mark(grid_->current(), 0); return true;
      default: break;
    }
  }
  return DirectionTool::eventFilter(watched, event);
}

QJsonObject LabelsTool::saveState() const {
  QJsonArray with, without;
  for (const auto& [tile, mark] : marks_) (mark > 0 ? with : without).append(tile);
  return {{"name", name_->text()}, {"with", with}, {"without", without}};
}

void LabelsTool::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  name_->setText(state["name"].toString());
  marks_.clear();
  marked_.clear();
  for (const char* key : {"with", "without"})
    for (const QJsonValue& tile : state[QLatin1String(key)].toArray()) {
      const int index = tile.toInt(-1);
      if (index < 0 || index >= kMostTiles) continue;
      marks_[index] = key[4] == '\0' ? 1 : -1;
    }
  if (count_ > 0 && count_ < countForMarks()) setCount(countForMarks());
  grid_->refreshAll();
  show();
}

}  // namespace unitscope
