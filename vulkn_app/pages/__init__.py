"""Every route. Importing this package registers the pages; one module a page keeps their code apart."""

from vulkn_app.pages import admin as admin
from vulkn_app.pages import admin_log as admin_log
from vulkn_app.pages import admin_operations as admin_operations
from vulkn_app.pages import agenda as agenda
from vulkn_app.pages import agent as agent
from vulkn_app.pages import analytics as analytics
from vulkn_app.pages import audit as audit
from vulkn_app.pages import billing as billing
from vulkn_app.pages import channels as channels
from vulkn_app.pages import inbox as inbox
from vulkn_app.pages import knowledge as knowledge
from vulkn_app.pages import knowledge_import as knowledge_import
from vulkn_app.pages import knowledge_suggestions as knowledge_suggestions
from vulkn_app.pages import knowledge_test as knowledge_test
from vulkn_app.pages import leads as leads
from vulkn_app.pages import login as login
from vulkn_app.pages import look as look
from vulkn_app.pages import missing as missing
from vulkn_app.pages import onboarding as onboarding
from vulkn_app.pages import overview as overview
from vulkn_app.pages import playground as playground
from vulkn_app.pages import reset as reset
from vulkn_app.pages import signup as signup
from vulkn_app.pages import skills as skills
from vulkn_app.pages import team as team
from vulkn_app.pages import templates as templates
