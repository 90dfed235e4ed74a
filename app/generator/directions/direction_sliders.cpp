#include "app/generator/directions/direction_sliders.h"

#include <algorithm>
#include <memory>

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/availability.h"
#include "app/generator/directions/direction_facts.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/direction_row.h"
#include "app/generator/directions/direction_strip.h"
#include "app/generator/generator_stage.h"
#include "app/messages.h"
#include "gan/directions_file.h"
#include "runtime/error.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kStripSide = 128, kSettle = 250;

struct FileAnswer {
  std::vector<LatentDirection> directions;
  QString reason;  // empty: fine
};

size_t keyOf(const LatentDirection& direction) {
  return qHashBits(direction.vector.values.data(), direction.vector.values.size() * sizeof(float));
}

QToolButton* headButton(const QString& icon, const QString& text, const QString& help) {
  auto* button = new QToolButton;
  button->setIcon(themedIcon(icon));
  button->setText(text);
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setAutoRaise(true);
  button->setToolTip(help);
  return button;
}

}  // namespace

DirectionSliders::DirectionSliders(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent)
    : QWidget(parent),
      context_(context),
      stage_(stage),
      list_(list),
      pictures_(context, stage, QStringLiteral("generator/directions/strips"), tr("Pictures along directions")),
      title_(new QLabel(tr("Directions"))),
      empty_(new QLabel),
      load_(headButton(QStringLiteral("open"), tr("Load\u2026"),
                       tr("Directions from .npy files: those saved here, and published boundaries as they are"))),
      save_(headButton(QStringLiteral("save"), tr("Save\u2026"), tr("All directions of the list as .npy with .json"))),
      reset_(
          headButton(QStringLiteral("reset"), tr("All to 0"), tr("Takes back what the directions do to the sample"))),
      keep_(headButton(QStringLiteral("check"), tr("Keep found"), tr("Keeps all that were found"))),
      drop_(headButton(QStringLiteral("trash"), tr("Drop found"), tr("Takes out all that were found and not kept"))),
      area_(new QScrollArea) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 4, 4, 2);
  head->setSpacing(2);
  QFont bold = title_->font();
  bold.setBold(true);
  title_->setFont(bold);
  head->addWidget(title_);
  head->addStretch(1);
  for (QToolButton* button : {keep_, drop_, reset_, load_, save_}) head->addWidget(button);
  // The page is not to become wider when there is something to keep.
  for (QToolButton* button : {load_, save_}) {
    button->setAccessibleName(button->text());
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
  }
  outer->addLayout(head);
  auto* inside = new QWidget;
  column_ = new QVBoxLayout(inside);
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(0);
  empty_->setWordWrap(true);
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setForegroundRole(QPalette::PlaceholderText);
  empty_->setContentsMargins(24, 24, 24, 24);
  empty_->setText(
      tr("No directions yet. Below, SeFa finds some in a second, without labels; attributes and hand labels give "
         "directions with a meaning. The folder above opens those of others."));
  column_->addWidget(empty_);
  column_->addStretch(1);
  area_->setWidget(inside);
  area_->setWidgetResizable(true);
  area_->setFrameShape(QFrame::NoFrame);
  area_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area_->setAccessibleName(tr("Directions"));
  outer->addWidget(area_, 1);

  pictures_.setSide(kStripSide);
  settle_.setSingleShot(true);
  settle_.setInterval(kSettle);
  connect(&settle_, &QTimer::timeout, this, [this] {
    wantStrips();
    Q_EMIT busyChanged();
  });
  connect(&pictures_, &ScenePictures::busyChanged, this, &DirectionSliders::busyChanged);
  connect(&pictures_, &ScenePictures::made, this, [this](int id, const QImage& picture) {
    const int row = id / DirectionStrip::kPictures;
    if (row < rows_.size()) rows_[row]->strip()->setPicture(id % DirectionStrip::kPictures, picture);
  });
  connect(&list_, &DirectionList::changed, this, &DirectionSliders::show);
  connect(&list_, &DirectionList::amountsChanged, this, &DirectionSliders::showAmounts);
  connect(load_, &QToolButton::clicked, this, [this] { askForFile(false); });
  connect(save_, &QToolButton::clicked, this, [this] { askForFile(true); });
  connect(reset_, &QToolButton::clicked, &list_, &DirectionList::resetAmounts);
  connect(keep_, &QToolButton::clicked, &list_, &DirectionList::keepFound);
  connect(drop_, &QToolButton::clicked, &list_, &DirectionList::dropFound);
  show();
}

void DirectionSliders::setActive(bool active) {
  active_ = active;
  pictures_.setActive(active);
  if (active) settle_.start();
}

void DirectionSliders::show() {
  const int count = list_.count();
  while (rows_.size() > count) {
    DirectionRow* row = rows_.takeLast();
    column_->removeWidget(row);
    row->deleteLater();
    row->hide();
  }
  while (rows_.size() < count) {
    const int index = int(rows_.size());
    auto* row = new DirectionRow(list_);
    connect(row, &DirectionRow::stripToggled, this, [this, index](bool open) {
      if (index >= list_.count()) return;
      const size_t key = keyOf(list_.at(index));
      if (open)
        open_.insert(key);
      else
        open_.remove(key);
      settle_.start(0);
      if (open) QTimer::singleShot(0, this, [this, index] { reveal(index); });
    });
    connect(row, &DirectionRow::problem, this,
            [this](const QString& text) { context_.messages.warn(tr("Layers"), text); });
    column_->insertWidget(column_->count() - 1, row);
    rows_ << row;
  }
  const bool styles = stage_.generator() && stage_.generator()->plan().hasStyles();
  for (int i = 0; i < count; ++i) {
    rows_[i]->show(i, styles);
    const QSignalBlocker quiet(rows_[i]);
    rows_[i]->setStripOpen(open_.contains(keyOf(list_.at(i))));
  }
  for (int i = 0; i + 1 < rows_.size(); ++i) setTabOrder(rows_[i], rows_[i + 1]);
  empty_->setVisible(count == 0);
  title_->setText(count == 0 ? tr("Directions") : count == 1 ? tr("1 direction") : tr("%1 directions").arg(count));
  setAvailable(*save_, count == 0 ? tr("There are no directions to save") : QString());
  keep_->setVisible(list_.hasFound());
  drop_->setVisible(list_.hasFound());
  showAmounts();
}

void DirectionSliders::showAmounts() {
  for (DirectionRow* row : rows_) row->showAmount();
  setAvailable(*reset_, stage_.scene().moves.empty() ? tr("All directions are at 0") : QString());
  if (active_ && !open_.isEmpty()) {
    settle_.start(kSettle);
    Q_EMIT busyChanged();
  }
}

void DirectionSliders::wantStrips() {
  if (!stage_.generator() || stage_.scene().empty()) return;
  std::vector<ScenePictures::Wanted> wanted;
  std::vector<GeneratorScene> now(rows_.size());
  for (int i = 0; i < rows_.size(); ++i) {
    if (!rows_[i]->stripOpen() || !list_.whyNot(i).isEmpty()) continue;
    now[std::size_t(i)] = list_.sceneWith(i, rangeOf(list_.at(i)).second);
    const bool same = std::size_t(i) < shown_.size() && shown_[std::size_t(i)] == now[std::size_t(i)];
    DirectionStrip& strip = *rows_[i]->strip();
    if (!same) strip.forget();
    for (int k = 0; k < DirectionStrip::kPictures; ++k)
      if (strip.picture(k).isNull())
        wanted.push_back({i * DirectionStrip::kPictures + k, list_.sceneWith(i, strip.amountOf(k))});
  }
  shown_ = std::move(now);
  pictures_.want(std::move(wanted));
}

void DirectionSliders::reveal(int index) {
  if (index < 0 || index >= rows_.size()) return;
  column_->parentWidget()->layout()->activate();
  area_->ensureWidgetVisible(rows_[index]);
}

void DirectionSliders::askForFile(bool saving) {
  QSettings& store = context_.settings.store();
  const QString key = saving ? QStringLiteral("folders/export") : QStringLiteral("folders/directions");
  auto* dialog =
      new QFileDialog(this, saving ? tr("Save the directions") : tr("Load directions"),
                      store.value(key, QDir::homePath()).toString(), tr("Directions (*.npy);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  if (saving) {
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("npy"));
    dialog->selectFile(QStringLiteral("directions.npy"));
  } else {
    dialog->setFileMode(QFileDialog::ExistingFiles);
  }
  connect(dialog, &QFileDialog::filesSelected, this, [this, saving, key, &store](const QStringList& files) {
    for (const QString& file : files) {
      store.setValue(key, QFileInfo(file).absolutePath());
      if (saving)
        saveFile(file);
      else
        openFile(file);
    }
  });
  dialog->open();
}

void DirectionSliders::openFile(const QString& file) {
  ++reading_;
  Q_EMIT busyChanged();
  runAside<FileAnswer>(
      this,
      [file]() -> FileAnswer {
        try {
          return {loadDirections(file.toStdString()), {}};
        } catch (const Error& e) {
          return {{}, QString::fromStdString(e.reason())};
        }
      },
      [this, file](FileAnswer answer) {
        --reading_;
        const QString name = QFileInfo(file).fileName();
        if (!answer.reason.isEmpty()) {
          context_.messages.error(name, answer.reason);
        } else {
          // A file of vectors alone does not say what they are added to.
          const bool styles = stage_.generator() && stage_.generator()->plan().hasStyles();
          for (LatentDirection& direction : answer.directions)
            if (direction.source == "file" && !styles) direction.space = "z";
          const int first = list_.add(tr("Load %1").arg(name), answer.directions, true);
          if (first < 0)
            context_.messages.error(
                name,
                tr("holds %1 directions; the list takes %2").arg(answer.directions.size()).arg(DirectionList::kMost));
          reveal(first);
        }
        Q_EMIT busyChanged();
      });
}

void DirectionSliders::saveFile(const QString& file) {
  std::vector<LatentDirection> directions;
  for (const ListedDirection& entry : list_.entries()) directions.push_back(entry.direction);
  ++reading_;
  runAside<QString>(
      this,
      [file, directions]() -> QString {
        try {
          saveDirections(directions, file.toStdString());
          return {};
        } catch (const Error& e) {
          return QString::fromStdString(e.reason());
        }
      },
      [this, file](const QString& reason) {
        --reading_;
        if (reason.isEmpty())
          context_.messages.success(QFileInfo(file).fileName(), tr("saved"));
        else
          context_.messages.error(QFileInfo(file).fileName(), reason);
        Q_EMIT busyChanged();
      });
}

}  // namespace unitscope
