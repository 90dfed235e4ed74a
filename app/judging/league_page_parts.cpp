// Layout of the league's page.
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/attribution/method_family.h"
#include "app/data_box.h"
#include "app/judging/check_list.h"
#include "app/judging/league_page.h"
#include "app/judging/score_table.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

QVector<CheckItem> methodItems(const std::vector<MethodInfo>& methods) {
  QVector<CheckItem> items;
  for (int i = 0; i < kMethodFamilies; ++i) {
    const auto family = MethodFamily(i);
    bool headed = false;
    for (const MethodInfo& method : methods) {
      if (methodFamily(method.id) != family) continue;
      if (!headed) items.append({{}, familyTitle(family), familyHelp(family)});
      headed = true;
      items.append({QString::fromStdString(method.id), QString::fromStdString(method.title),
                    QStringLiteral("<p>%1</p><p><i>%2</i></p>")
                        .arg(QString::fromStdString(method.description).toHtmlEscaped(),
                             QString::fromStdString(method.citation).toHtmlEscaped())});
    }
  }
  items.append({{}, LeaguePage::tr("Controls"), LeaguePage::tr("Maps that know nothing of the network")});
  items.append({QStringLiteral("random"), LeaguePage::tr("Random numbers"),
                LeaguePage::tr("A map of random numbers: what a method must beat")});
  items.append({QStringLiteral("centre"), LeaguePage::tr("Middle of the picture"),
                LeaguePage::tr("A bright spot in the middle, where photographers put things")});
  return items;
}

QVector<CheckItem> metricItems() {
  QVector<CheckItem> items;
  for (const MetricInfo& info : judgeMetrics())
    items.append({QString::fromStdString(info.id), QString::fromStdString(info.title), metricHelp(info)});
  return items;
}

}  // namespace

void LeaguePage::makeLayout() {
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(8);
  start_ = new QPushButton;
  start_->setDefault(true);
  column->addWidget(start_);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  data_ = new DataBox(tr("Pictures"));
  data_->setToolTip(
      tr("A folder may hold pictures, a sub-folder for each class, or images and masks with classes.txt. On scenes it "
         "is known where each thing is"));
  auto* folder = new QPushButton(themedIcon(QStringLiteral("open")), tr("Folder\u2026"));
  folder->setToolTip(tr("Pictures of your own"));
  connect(folder, &QPushButton::clicked, this, &LeaguePage::pickFolder);
  pictures_ = new QSpinBox;
  pictures_->setRange(1, 100000);
  pictures_->setSingleStep(50);
  pictures_->setKeyboardTracking(false);
  pictures_->setAccessibleName(tr("How many pictures"));
  pictures_->setToolTip(tr("A folder may hold fewer"));
  form->addRow(tr("Pictures"), data_);
  form->addRow(folder);
  form->addRow(tr("How many"), pictures_);
  column->addLayout(form);
  const auto heading = [&](const QString& name, const QString& help) {
    auto* label = new QLabel(name);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    label->setToolTip(help);
    column->addWidget(label);
  };
  heading(tr("Methods"), tr("With settings that keep them affordable over many pictures; the table names them"));
  methods_ = new CheckList(methodItems(infos_), tr("Methods in the league"), true, 12);
  column->addWidget(methods_);
  heading(tr("Metrics"), tr("The usual ones measure pointing, energy and IoU only where masks are known"));
  metrics_ = new CheckList(metricItems(), tr("Metrics of the league"), false, 6);
  metrics_->setToolTip(tr("The usual ones measure pointing, energy and IoU only where masks are known"));
  column->addWidget(metrics_);
  reset_ = new QPushButton(tr("All methods, usual metrics"));
  column->addWidget(reset_);
  column->addStretch(1);

  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("table"));
  stack_->addWidget(empty_);
  auto* page = new QWidget;
  auto* below = new QVBoxLayout(page);
  below->setContentsMargins(0, 0, 0, 0);
  below->setSpacing(2);
  status_ = new QLabel;
  status_->setContentsMargins(8, 6, 8, 4);
  status_->setWordWrap(true);
  status_->setAccessibleName(tr("How far the league is"));
  table_ = new ScoreTable(tr("League of methods"));
  below->addWidget(status_);
  below->addWidget(table_, 1);
  stack_->addWidget(page);

  layBeside(this, side, stack_, {250, 750});
}

void LeaguePage::pickFolder() {
  askForPictureFolder(this, tr("Pictures to judge on"), context_.settings.store(), [this](const QString& folder) {
    change_(tr("Choose the pictures"), [&](JudgeState& state) { state.data = folder; }, {});
  });
}

}  // namespace unitscope
